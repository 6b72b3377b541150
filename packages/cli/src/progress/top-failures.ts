import type { OutcomeCounts } from "@leyenda/core";

/** "404 not_found, 12 timeout": the most frequent outcomes other than ok. */
export function topFailures(outcomes: OutcomeCounts, most: number): string {
  return Object.entries(outcomes)
    .filter(([outcome, count]) => outcome !== "ok" && count > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ");
}
