import { z } from "zod";

import type { Layout } from "./layout.js";

const int = z.int().nonnegative();

/** A run of consecutive rows in one file. */
export const sourceSliceSchema = z.strictObject({
  /** Which of the plan's files. */
  file: int,
  /** Line of its first row in that file, from 1; in Parquet the row. */
  firstLine: int,
  rows: int,
  /** Where it lies in the plain file, bytes. */
  offset: int,
  bytes: int,
  /** SHA-256 of those bytes. */
  sha256: z.string(),
});

export type SourceSlice = z.infer<typeof sourceSliceSchema>;

/** A part of the list: consecutive rows, from one file or from several. */
export interface SourcePart {
  /** Place of its first row in the list, from 1. */
  firstRow: number;
  rows: number;
  /** Hash of the rows' bytes and of how they are read. */
  inputHash: string;
  slices: (Pick<SourceSlice, "firstLine" | "offset" | "bytes"> & {
    /** What the file is called where it came from. */
    name: string;
    /** The plain file on this machine. */
    path: string;
    layout: Layout;
  })[];
}
