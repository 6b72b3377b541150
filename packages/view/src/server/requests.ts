import { type Outcome, outcomeClasses, translationFlags } from "@leyenda/core";
import { z } from "zod";

const place = z.coerce.number().int().nonnegative();

const page = {
  at: place.default(0),
  count: place.min(1).max(200).default(60),
  q: z.string().max(500).default(""),
};

const outcomes = Object.keys(outcomeClasses) as [Outcome, ...Outcome[]];

/** What a page of the dataset may be asked for. */
export const rowsRequest = z.strictObject({
  ...page,
  split: z.string(),
  flag: z
    .enum([...translationFlags, "any", "none"])
    .nullable()
    .default(null),
});

/** What a page of the list may be asked for. */
export const listRequest = z.strictObject({ ...page, outcome: z.enum(outcomes).nullable().default(null) });

/** What the other paths may be asked for. */
export const nothing = z.strictObject({});
