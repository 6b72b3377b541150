import { z } from "zod";

const column = z.int().nonnegative();

/** How the rows of one plain text file are read; kept in the plan, so that workers need not look at the file's start. */
export const layoutSchema = z.discriminatedUnion("format", [
  z.strictObject({
    format: z.literal("delimited"),
    delimiter: z.enum(["\t", ","]),
    /** Whether cells may be quoted as in RFC 4180. */
    quotes: z.boolean(),
    /** Names of the columns, in order; a row has as many cells. */
    names: z.array(z.string()),
    /** Places among the columns, from 0. */
    url: column,
    caption: column,
    extra: z.array(column),
  }),
  z.strictObject({
    format: z.literal("jsonl"),
    /** Names of fields. */
    url: z.string(),
    caption: z.string(),
    /** null: every other field. */
    extra: z.array(z.string()).nullable(),
  }),
  z.strictObject({ format: z.literal("txt") }),
]);

export type Layout = z.infer<typeof layoutSchema>;

/** Code of the delimiter where cells may be quoted, and a row hold newlines; null where a row is a line. */
export function quotingDelimiter(layout: Layout): number | null {
  return layout.format === "delimited" && layout.quotes ? layout.delimiter.charCodeAt(0) : null;
}
