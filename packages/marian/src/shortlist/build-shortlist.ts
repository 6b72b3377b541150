import { PairCounts } from "./pair-counts.js";
import { writeShortlist } from "./write-shortlist.js";

export interface ShortlistOptions {
  /** Words that are always allowed: the first of the vocabulary. @default 100 */
  firstWords?: number;
  /** Words of a source word's list. @default 100 */
  bestWords?: number;
}

/** A sentence and its translation in ids, `</s>` included. */
export type SentencePair = readonly [source: readonly number[], target: readonly number[]];

/** More do not change which words are the best. */
const rounds = 4;

/** Of a source word's translations, less likely ones are noise. */
const leastProbability = 1e-4;

/**
 * The words that can come up in the translation of others, learnt from translated sentences by IBM's Model 1 (Brown et al. 1993, "The
 * Mathematics of Statistical Machine Translation"): t(target | source) by expectation-maximisation, with `</s>` in the place of
 * the word that stands for none. The bytes are a binary shortlist of Marian's.
 *
 * Memory: about 50 bytes for each pair of words that are in some sentence and its translation.
 */
export function buildShortlist(
  pairs: readonly SentencePair[],
  { firstWords = 100, bestWords = 100 }: ShortlistOptions = {},
): Buffer {
  let likely = new PairCounts();
  for (let round = 0; round < rounds; round += 1) likely = expectedCounts(pairs, round === 0 ? null : likely);
  const candidates: { target: number; probability: number }[][] = [];
  for (const [source, target, probability] of likely.entries()) {
    if (probability >= leastProbability) (candidates[source] ??= []).push({ target, probability });
  }
  const lists = Array.from(candidates, (found: (typeof candidates)[number] | undefined) =>
    (found ?? [])
      .sort((a, b) => b.probability - a.probability || a.target - b.target)
      .slice(0, bestWords)
      .map(({ target }) => target)
      .sort((a, b) => a - b),
  );
  return writeShortlist(lists, { firstWords, bestWords });
}

/** A round: how often each source word is expected to have made each target word, as a share of all that it has made. */
function expectedCounts(pairs: readonly SentencePair[], likely: PairCounts | null): PairCounts {
  const counts = new PairCounts();
  const totals: number[] = [];
  for (const [sources, targets] of pairs) {
    for (const target of targets) {
      const shares = sources.map((source) => likely?.get(source, target) ?? 1);
      const sum = shares.reduce((total, share) => total + share, 0);
      for (const [at, source] of sources.entries()) {
        const expected = (shares[at] ?? 0) / sum;
        counts.add(source, target, expected);
        totals[source] = (totals[source] ?? 0) + expected;
      }
    }
  }
  const normalized = new PairCounts();
  for (const [source, target, count] of counts.entries())
    normalized.add(source, target, count / (totals[source] ?? 1));
  return normalized;
}
