import { type Outcome, type OutcomeCounts, outcomeClasses } from "@leyenda/core";
import { z } from "zod";

const outcomes = z.array(
  z.enum(Object.keys(outcomeClasses).filter((name) => name !== "ok") as [Outcome, ...Outcome[]]),
);

/** What rows of fetched parts are to be downloaded again. It crosses a process boundary. */
export const fetchRequestSchema = z.discriminatedUnion("kind", [
  /** Rows that ended with one of these outcomes. */
  z.strictObject({ kind: z.literal("retry"), outcomes }),
  /** Rows that are ok: is the picture still the same? */
  z.strictObject({ kind: z.literal("refresh") }),
]);

export type FetchRequest = z.infer<typeof fetchRequestSchema>;

/** The outcomes that may pass. */
export const transientOutcomes = (Object.keys(outcomeClasses) as Outcome[]).filter(
  (outcome) => outcomeClasses[outcome] === "transient",
);

/** Rows that a request is about, by counts per outcome. */
export function requestedRows(request: FetchRequest, counts: OutcomeCounts): number {
  if (request.kind === "refresh") return counts.ok ?? 0;
  return request.outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
}
