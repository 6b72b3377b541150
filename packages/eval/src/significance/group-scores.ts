import type { SummedScore } from "../metrics/summed-score.js";

/** Places of scores by the numbers that they sum: some, such as BLEU-1 to BLEU-4, share them. */
export function groupScores(scores: readonly SummedScore[]): number[][] {
  const groups = new Map<Float64Array, number[]>();
  for (const [place, { statistics }] of scores.entries())
    groups.set(statistics, [...(groups.get(statistics) ?? []), place]);
  return [...groups.values()];
}
