import { bleuOrders, bleuStatistics, bleuWidth } from "./bleu-statistics.js";
import { strip } from "./python-whitespace.js";
import type { SummedScore } from "./summed-score.js";
import { tokenizeWords } from "./tokenize-words.js";

/** `hfBleu`: BLEU-1 to BLEU-4 as scores that can be resampled. */
export function hfBleuSummed(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): SummedScore[] {
  const tokens = (text: string): string[] => tokenizeWords(strip(text));
  const statistics = bleuStatistics(
    hypotheses.map(tokens),
    references.map((each) => each.map(tokens)),
    (_, lengths) => Math.min(...lengths),
  );
  return Array.from({ length: bleuOrders }, (_, order) => ({
    segments: hypotheses.length,
    width: bleuWidth,
    statistics,
    of: (sums: ArrayLike<number>): number => bleuOf(sums, order + 1),
  }));
}

function bleuOf(sums: ArrayLike<number>, maxOrder: number): number {
  let logs = 0;
  for (let order = 0; order < maxOrder; order += 1) {
    const precision = precisionOf(sums, order);
    if (precision === 0) return 0;
    logs += (1 / maxOrder) * Math.log(precision);
  }
  return Math.exp(logs) * penaltyOf(sums);
}

/** Of the sums of `bleuStatistics`, for n-grams of order + 1. */
export function precisionOf(sums: ArrayLike<number>, order: number): number {
  const [matches = 0, all = 0] = [sums[2 + order], sums[2 + bleuOrders + order]];
  return all === 0 ? 0 : matches / all;
}

/** The brevity penalty. */
export function penaltyOf(sums: ArrayLike<number>): number {
  const [length = 0, referenceLength = 0] = [sums[0], sums[1]];
  if (length === 0 || referenceLength === 0) return 0;
  const ratio = length / referenceLength;
  return ratio > 1 ? 1 : Math.exp(1 - 1 / ratio);
}
