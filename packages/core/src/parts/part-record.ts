import { z } from "zod";

import { outcomeClasses, type Outcome } from "../outcomes.js";

const outcomeNames = Object.keys(outcomeClasses) as [Outcome, ...Outcome[]];
const hex256 = z.string().regex(/^[0-9a-f]{64}$/);

const fileEntry = z.strictObject({
  name: z.string(),
  bytes: z.int().nonnegative(),
  sha256: hex256,
  sha256Of: z.literal("digests").optional(),
});

/** What stands in a part's record. A part is there when its record is: readers trust records only. */
export const partRecordSchema = z.strictObject({
  stage: z.string(),
  part: z.string(),
  /** 0 as first made; counts the times that some of its rows were made again. */
  revision: z.int().nonnegative().default(0),
  /** Hash of what the part was made from. */
  inputHash: hex256,
  /** The options that decided its bytes, and their hash. */
  options: z.record(z.string(), z.json()),
  configHash: hex256,
  rows: z.int().nonnegative(),
  outcomes: z.partialRecord(z.enum(outcomeNames), z.int().nonnegative()),
  /** By role: rows.arrow, images.arrow, … */
  files: z.record(z.string(), fileEntry),
  /** Stage-specific figures for reports. */
  facts: z.record(z.string(), z.json()),
  seconds: z.number(),
  versions: z.record(z.string(), z.string()),
});

export type PartRecord = z.infer<typeof partRecordSchema>;

export type OutcomeCounts = Partial<Record<Outcome, number>>;
