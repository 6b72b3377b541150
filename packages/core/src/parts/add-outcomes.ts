import type { Outcome } from "../outcomes.js";
import type { OutcomeCounts } from "./part-record.js";

/** Adds counts per outcome into `total`, and returns it. */
export function addOutcomes(total: OutcomeCounts, counts: OutcomeCounts): OutcomeCounts {
  for (const [outcome, count] of Object.entries(counts) as [Outcome, number][]) {
    total[outcome] = (total[outcome] ?? 0) + count;
  }
  return total;
}
