import { NgramMatcher } from "./ngram-matcher.js";
import { checkSegments } from "./summed-score.js";
import { Vocabulary } from "./vocabulary.js";

/** Orders of n-grams that BLEU looks at. */
export const bleuOrders = 4;
/** Numbers of a segment: its length, that of its reference, matches of 1- to 4-grams, n-grams there are of each. */
export const bleuWidth = 2 + 2 * bleuOrders;

/**
 * What BLEU is computed from.
 *
 * @param hypotheses tokens of each segment
 * @param references tokens of each reference of each segment
 * @param lengthOf which of the references' lengths counts for a hypothesis of a length
 * @returns [segments, `bleuWidth`]
 */
export function bleuStatistics(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
  lengthOf: (length: number, references: readonly number[]) => number,
): Float64Array {
  checkSegments(hypotheses, references);
  const statistics = new Float64Array(hypotheses.length * bleuWidth);
  const words = new Vocabulary();
  const matcher = new NgramMatcher();
  for (const [segment, hypothesis] of hypotheses.entries()) {
    const candidates = (references[segment] ?? []).map((tokens) => words.all(tokens));
    const { length } = hypothesis;
    const referenceLength = lengthOf(
      length,
      candidates.map((tokens) => tokens.length),
    );
    const matches = matcher.match(words.all(hypothesis), candidates, bleuOrders);
    const total = matches.map((_, order) => Math.max(length - order, 0));
    statistics.set([length, referenceLength, ...matches, ...total], segment * bleuWidth);
  }
  return statistics;
}
