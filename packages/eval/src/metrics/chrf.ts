import { chrfSignature } from "./chrf-signature.js";
import { type ChrfOptions, chrfSummed } from "./chrf-summed.js";
import { sumStatistics } from "./summed-score.js";

export interface ChrfScore {
  /** 0 to 100. */
  score: number;
  /** How it was computed, in sacrebleu's notation. */
  signature: string;
}

/**
 * Corpus chrF2 as sacrebleu 2 computes it: 1- to 6-grams of characters without white space, β = 2, and of several references the
 * one that suits the hypothesis best.
 *
 * @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): ChrfScore {
  const summed = chrfSummed(hypotheses, references, options);
  return { score: summed.of(sumStatistics(summed)), signature: chrfSignature(references, options) };
}
