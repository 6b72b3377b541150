import { NgramNumbers } from "./ngram-numbers.js";
import { checkSegments } from "./summed-score.js";
import { Vocabulary } from "./vocabulary.js";

const maxOrder = 4;
/** Of the Gauss curve by which another length costs. */
const sigma = 6;

/** N-grams of a caption in the order of their first place, by order and then place; each with its count. */
type Counts = Map<number, number>[];

/** An n-gram's weight, by order. */
interface Weights {
  vectors: Map<number, number>[];
  norms: number[];
  length: number;
}

/**
 * CIDEr-D of each segment, which is what pycocoevalcap calls CIDEr: clipped tf-idf, σ = 6, mean over 1- to 4-grams and references, ×10. How
 * rare an n-gram is comes from these references, so that scores of different test sets do not compare; with one segment all are 0. The corpus'
 * score is their mean.
 *
 * @param hypotheses tokens of each segment
 * @param references tokens of each reference of each segment
 * @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function ciderD(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): Float64Array {
  checkSegments(hypotheses, references);
  const words = new Vocabulary();
  const numbers = new NgramNumbers();
  const counts = (tokens: readonly string[]): Counts => countNgrams(words.all(tokens), numbers);
  const ours = hypotheses.map(counts);
  const theirs = references.map((each) => each.map(counts));
  const documents = new Float64Array(numbers.size + 1);
  for (const each of theirs) {
    const found = new Set(each.flatMap((orders) => orders.flatMap((order) => [...order.keys()])));
    for (const number of found) documents[number] = (documents[number] ?? 0) + 1;
  }
  const segments = Math.log(hypotheses.length);
  const rarity = documents.map((frequency) => segments - Math.log(Math.max(1, frequency)));
  return Float64Array.from(ours, (hypothesis, segment) => {
    const weights = weigh(hypothesis, rarity);
    const each = theirs[segment] ?? [];
    const sums = new Float64Array(maxOrder);
    for (const reference of each)
      for (const [order, value] of similarity(weights, weigh(reference, rarity)).entries())
        sums[order] = (sums[order] ?? 0) + value;
    return (sums.reduce((sum, value) => sum + value, 0) / maxOrder / each.length) * 10;
  });
}

function countNgrams(units: readonly number[], numbers: NgramNumbers): Counts {
  const prefixes = new Array<number>(units.length).fill(0);
  return Array.from({ length: maxOrder }, (_, order) => {
    const counts = new Map<number, number>();
    for (let start = 0; start + order < units.length; start += 1) {
      const number = numbers.of(prefixes[start] ?? 0, units[start + order] ?? 0);
      prefixes[start] = number;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
  });
}

function weigh(counts: Counts, rarity: Float64Array): Weights {
  const norms: number[] = [];
  const vectors = counts.map((order) => {
    let squares = 0;
    const vector = new Map<number, number>();
    for (const [number, count] of order) {
      const weight = count * (rarity[number] ?? 0);
      vector.set(number, weight);
      squares += weight ** 2;
    }
    norms.push(Math.sqrt(squares));
    return vector;
  });
  // The length is that in 2-grams, as there.
  let length = 0;
  for (const count of counts[1]?.values() ?? []) length += count;
  return { vectors, norms, length };
}

function similarity(hypothesis: Weights, reference: Weights): number[] {
  const penalty = Math.E ** (-((hypothesis.length - reference.length) ** 2) / (2 * sigma ** 2));
  return hypothesis.vectors.map((vector, order) => {
    const other = reference.vectors[order];
    let value = 0;
    for (const [number, weight] of vector) {
      const theirs = other?.get(number) ?? 0;
      value += Math.min(weight, theirs) * theirs;
    }
    const norms = (hypothesis.norms[order] ?? 0) * (reference.norms[order] ?? 0);
    return (norms === 0 ? value : value / norms) * penalty;
  });
}
