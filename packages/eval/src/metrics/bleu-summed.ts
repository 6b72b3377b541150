import { bleuOrders, bleuStatistics, bleuWidth } from "./bleu-statistics.js";
import { stripEnd } from "./python-whitespace.js";
import { exact, type Round, type SummedScore } from "./summed-score.js";
import { tokenize13a } from "./tokenize-13a.js";
import { tokenizeIntl } from "./tokenize-intl.js";

export type BleuTokenizer = "13a" | "intl";

/** `bleu` as a score that can be resampled. */
export function bleuSummed(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { tokenize = "13a" }: { tokenize?: BleuTokenizer } = {},
): SummedScore {
  const split = tokenize === "13a" ? tokenize13a : tokenizeIntl;
  const tokens = (text: string): string[] => split(stripEnd(text));
  return {
    segments: hypotheses.length,
    width: bleuWidth,
    statistics: bleuStatistics(
      hypotheses.map(tokens),
      references.map((each) => each.map(tokens)),
      closest,
    ),
    of: (sums, round = exact) => bleuOf(sums, round).score,
  };
}

/** Each step is taken and rounded in sacrebleu's order, for scores that are equal to the last digit. */
export function bleuOf(
  sums: ArrayLike<number>,
  round: Round,
): { score: number; precisions: number[]; brevityPenalty: number } {
  const [length = 0, referenceLength = 0] = [sums[0], sums[1]];
  const brevityPenalty =
    length >= referenceLength ? 1 : length === 0 ? 0 : Math.exp(1 - referenceLength / length);
  const precisions = new Array<number>(bleuOrders).fill(0);
  let halved = 1;
  let any = false;
  for (let order = 0; order < bleuOrders; order += 1) {
    const [matches = 0, all = 0] = [sums[2 + order], sums[2 + bleuOrders + order]];
    if (matches > 0) any = true;
    if (all === 0) break;
    if (matches === 0) halved *= 2;
    precisions[order] = matches === 0 ? round(100 / round(halved * all)) : round(round(100 * matches) / all);
  }
  if (!any) return { score: 0, precisions: precisions.fill(0), brevityPenalty };
  let logs = 0;
  for (const precision of precisions) logs += precision === 0 ? -9_999_999_999 : Math.log(precision);
  return { score: brevityPenalty * Math.exp(logs / bleuOrders), precisions, brevityPenalty };
}

function closest(length: number, references: readonly number[]): number {
  let best = references[0] ?? 0;
  for (const each of references) {
    const [difference, least] = [Math.abs(each - length), Math.abs(best - length)];
    if (difference < least || (difference === least && each < best)) best = each;
  }
  return best;
}
