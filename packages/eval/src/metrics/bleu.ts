import { countNgrams } from "./count-ngrams.js";
import { tokenize13a } from "./tokenize-13a.js";

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

const maxOrder = 4;

/**
 * Corpus BLEU as sacrebleu 2 computes it by default: 13a tokens, closest reference length (the shorter of two equally close),
 * exponential smoothing of n-grams without a match.
 *
 * @param references of each hypothesis, one or more
 * @throws RangeError when the numbers of hypotheses and references differ
 */
export function bleu(hypotheses: readonly string[], references: readonly (readonly string[])[]): BleuScore {
  if (hypotheses.length !== references.length) {
    throw new RangeError(`${hypotheses.length} hypotheses, but references for ${references.length}`);
  }
  const correct = new Array<number>(maxOrder).fill(0);
  const total = new Array<number>(maxOrder).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((hypothesis, index) => {
    const tokens = tokenize13a(hypothesis.trimEnd());
    const referenceTokens = (references[index] ?? []).map((reference) => tokenize13a(reference.trimEnd()));
    hypothesisLength += tokens.length;
    referenceLength += closestLength(tokens.length, referenceTokens);
    for (let n = 1; n <= maxOrder; n += 1) {
      const allowed = largestCounts(referenceTokens, n);
      for (const [ngram, count] of countNgrams(tokens, n)) {
        correct[n - 1] = (correct[n - 1] ?? 0) + Math.min(count, allowed.get(ngram) ?? 0);
      }
      total[n - 1] = (total[n - 1] ?? 0) + Math.max(tokens.length - n + 1, 0);
    }
  });
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength === 0
        ? 0
        : Math.exp(1 - referenceLength / hypothesisLength);
  const anyCorrect = correct.some((count) => count > 0);
  const precisions = anyCorrect ? smoothedPrecisions(correct, total) : new Array<number>(maxOrder).fill(0);
  const mean =
    precisions.reduce((sum, precision) => sum + (precision === 0 ? -9_999_999_999 : Math.log(precision)), 0) /
    maxOrder;
  const nrefs = new Set(references.map((each) => each.length));
  return {
    score: anyCorrect ? brevityPenalty * Math.exp(mean) : 0,
    precisions,
    brevityPenalty,
    hypothesisLength,
    referenceLength,
    signature: `nrefs:${nrefs.size === 1 ? String([...nrefs][0]) : "var"}|case:mixed|eff:no|tok:13a|smooth:exp|version:2`,
  };
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((tokens) => tokens.length);
  return lengths.reduce((best, each) => {
    const [difference, bestDifference] = [Math.abs(each - length), Math.abs(best - length)];
    return difference < bestDifference || (difference === bestDifference && each < best) ? each : best;
  }, lengths[0] ?? 0);
}

function largestCounts(references: readonly (readonly string[])[], n: number): Map<string, number> {
  const largest = new Map<string, number>();
  for (const tokens of references) {
    for (const [ngram, count] of countNgrams(tokens, n))
      largest.set(ngram, Math.max(count, largest.get(ngram) ?? 0));
  }
  return largest;
}

function smoothedPrecisions(correct: readonly number[], total: readonly number[]): number[] {
  const precisions = new Array<number>(maxOrder).fill(0);
  let halved = 1;
  for (let order = 0; order < maxOrder; order += 1) {
    const [matches = 0, all = 0] = [correct[order], total[order]];
    if (all === 0) break;
    if (matches === 0) halved *= 2;
    precisions[order] = matches === 0 ? 100 / (halved * all) : (100 * matches) / all;
  }
  return precisions;
}
