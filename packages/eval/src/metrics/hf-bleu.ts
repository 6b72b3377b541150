import { bleuOrders } from "./bleu-statistics.js";
import { hfBleuSummed, penaltyOf, precisionOf } from "./hf-bleu-summed.js";
import { sumStatistics } from "./summed-score.js";

/** BLEU as the original captioner was measured by, 0 to 1. */
export interface HfBleuScore {
  /** BLEU-1 to BLEU-4. */
  scores: number[];
  /** Of 1- to 4-grams, 0 to 1. */
  precisions: number[];
  brevityPenalty: number;
  hypothesisLength: number;
  referenceLength: number;
}

/**
 * BLEU-1 to BLEU-4 as Hugging Face's `load_metric("bleu")` of 2021 with `max_order` 1 to 4, over NLTK's Spanish tokens: **shortest** reference
 * length, no smoothing (0 as soon as n-grams of an order have no match), 0 to 1.
 *
 * Where its Python divides by zero, as with nothing but empty texts, a score is 0.
 *
 * @param references of each hypothesis, one or more
 * @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function hfBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): HfBleuScore {
  const summed = hfBleuSummed(hypotheses, references);
  const [first] = summed;
  if (first === undefined) throw new Error("BLEU has an order");
  const sums = sumStatistics(first);
  const [hypothesisLength = 0, referenceLength = 0] = sums;
  return {
    scores: summed.map((each) => each.of(sums)),
    precisions: Array.from({ length: bleuOrders }, (_, order) => precisionOf(sums, order)),
    brevityPenalty: penaltyOf(sums),
    hypothesisLength,
    referenceLength,
  };
}
