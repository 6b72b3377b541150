import { type Outcome, outcomeClasses, type OutcomeCounts } from "@leyenda/core";

import type { ReportData } from "./report/report-data.js";

/** Counts as lines of a table, the largest first. */
export function listOutcomes(counts: OutcomeCounts): ReportData["outcomes"] {
  return (Object.entries(counts) as [Outcome, number][])
    .map(([outcome, rows]) => ({ outcome, class: outcomeClasses[outcome], rows }))
    .sort((a, b) => b.rows - a.rows);
}
