import { checkSegments } from "./summed-score.js";
import { Vocabulary } from "./vocabulary.js";

/** How much more recall counts than precision. */
const beta = 1.2;

/**
 * ROUGE-L of each segment as pycocoevalcap computes it, 0 to 1: longest common subsequence, β = 1.2, the best precision and the best recall
 * over the references, each for itself. The corpus' score is their mean.
 *
 * An empty list of tokens is one empty token, as there: it is equal to another.
 *
 * @param hypotheses tokens of each segment
 * @param references tokens of each reference of each segment
 * @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function rougeL(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): Float64Array {
  checkSegments(hypotheses, references);
  const words = new Vocabulary();
  const numbersOf = (tokens: readonly string[]): number[] => words.all(tokens.length === 0 ? [""] : tokens);
  return Float64Array.from(hypotheses, (hypothesis, segment) => {
    const ours = numbersOf(hypothesis);
    let [precision, recall] = [0, 0];
    for (const reference of references[segment] ?? []) {
      const theirs = numbersOf(reference);
      const common = longestCommon(ours, theirs);
      precision = Math.max(precision, common / ours.length);
      recall = Math.max(recall, common / theirs.length);
    }
    if (precision === 0 || recall === 0) return 0;
    return ((1 + beta ** 2) * precision * recall) / (recall + beta ** 2 * precision);
  });
}

/** Length of the longest common subsequence. */
function longestCommon(a: readonly number[], b: readonly number[]): number {
  const row = new Uint32Array(b.length + 1);
  for (const unit of a) {
    let diagonal = 0;
    for (let place = 1; place <= b.length; place += 1) {
      const above = row[place] ?? 0;
      row[place] = unit === b[place - 1] ? diagonal + 1 : Math.max(above, row[place - 1] ?? 0);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
