import { bleuSignature } from "./bleu-signature.js";
import { bleuOf, bleuSummed, type BleuTokenizer } from "./bleu-summed.js";
import { exact, sumStatistics } from "./summed-score.js";

/** A corpus BLEU score, 0 to 100. */
export interface BleuScore {
  score: number;
  /** Of 1- to 4-grams, 0 to 100. */
  precisions: number[];
  brevityPenalty: number;
  hypothesisLength: number;
  referenceLength: number;
  /** How it was computed, in sacrebleu's notation. */
  signature: string;
}

/**
 * Corpus BLEU as sacrebleu 2 computes it by default: 13a tokens, closest reference length (the shorter of two equally close),
 * exponential smoothing of n-grams without a match.
 *
 * @param references of each hypothesis, one or more
 * @param options.tokenize sacrebleu's name of the tokenizer. @default "13a"
 * @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { tokenize = "13a" }: { tokenize?: BleuTokenizer } = {},
): BleuScore {
  const sums = sumStatistics(bleuSummed(hypotheses, references, { tokenize }));
  const [hypothesisLength = 0, referenceLength = 0] = sums;
  return {
    ...bleuOf(sums, exact),
    hypothesisLength,
    referenceLength,
    signature: bleuSignature(references, tokenize),
  };
}
