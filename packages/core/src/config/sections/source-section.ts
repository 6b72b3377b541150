import { z } from "zod";

import { positive } from "./numbers.js";

/** How rows are found in the list. */
const sourceColumns = z.union([
  z
    .array(z.string().min(1))
    .min(2)
    .refine((names) => new Set(names).size === names.length, "expected every name once")
    .refine(
      (names) => names.includes("url") && names.includes("caption"),
      "expected url and caption, once each",
    ),
  z.strictObject({
    url: z.string().min(1).describe("Name of the column or field that holds the URL"),
    caption: z.string().min(1).describe("Name of the column or field that holds the caption"),
  }),
]);

/** Where the list is and how it is read. */
export const sourceSection = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .describe(
        "The list of rows: a file, a folder or a glob, relative to this file; an http(s) URL; or hf://datasets/<owner>/<name>[@revision]/<path or glob>. gzip and zstd are unpacked",
      ),
    format: z
      .enum(["tsv", "csv", "jsonl", "txt", "parquet"])
      .nullable()
      .default(null)
      .describe("Format of every file of the list; null finds it from each file's content and name"),
    columns: sourceColumns
      .nullable()
      .default(null)
      .describe(
        'The names of a list without header, in order, url and caption among them; or {"url": …, "caption": …}, their names in a header, in JSON fields or in Parquet; null finds them',
      ),
    header: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether the first row of a TSV or CSV file names its columns; null looks at it"),
    quotes: z
      .boolean()
      .nullable()
      .default(null)
      .describe("Whether quoted cells (RFC 4180) are unwrapped; null does so in CSV and not in TSV"),
    extraColumns: z
      .union([z.literal("all"), z.array(z.string().min(1))])
      .default([])
      .describe("Further columns that are carried through to the dataset as JSON, in its column extra"),
    maxRows: positive
      .nullable()
      .default(null)
      .describe("Use only the first rows of the list; null uses them all"),
    rowsPerPart: positive
      .max(1_000_000)
      .default(10_000)
      .describe("Rows in a part, the unit of work, commit and resume"),
  })
  .refine(({ maxRows, rowsPerPart }) => maxRows === null || maxRows % rowsPerPart === 0, {
    path: ["maxRows"],
    message: "expected a multiple of source.rowsPerPart, so that raising it later only adds parts",
  });
