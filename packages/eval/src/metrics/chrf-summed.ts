import { NgramMatcher } from "./ngram-matcher.js";
import { splitWhitespace } from "./split-whitespace.js";
import { checkSegments, exact, type Round, type SummedScore } from "./summed-score.js";
import { Vocabulary } from "./vocabulary.js";

export interface ChrfOptions {
  /** Longest n-grams of words: 0 for chrF, 2 for chrF++. @default 0 */
  wordOrder?: number;
}

/** Longest n-grams of characters. */
export const characterOrder = 6;
/** β², by which recall counts for more. */
const factor = 4;

/** `chrf` as a score that can be resampled. A segment's numbers are, for each order, n-grams of hypothesis, reference and both. */
export function chrfSummed(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { wordOrder = 0 }: ChrfOptions = {},
): SummedScore {
  checkSegments(hypotheses, references);
  const width = 3 * (characterOrder + wordOrder);
  const statistics = new Float64Array(hypotheses.length * width);
  const vocabulary = new Vocabulary();
  const matcher = new NgramMatcher();
  const unitsOf = (text: string): Units => {
    const words = splitWhitespace(text);
    return {
      characters: codePoints(words.join("")),
      words: wordOrder === 0 ? [] : vocabulary.all(words.flatMap(withoutPunctuation)),
    };
  };
  for (const [segment, hypothesis] of hypotheses.entries()) {
    const ours = unitsOf(hypothesis);
    let best: { counts: number[]; score: number } | null = null;
    for (const reference of references[segment] ?? []) {
      const theirs = unitsOf(reference);
      const counts = [
        ...countsOf(matcher, ours.characters, theirs.characters, characterOrder),
        ...countsOf(matcher, ours.words, theirs.words, wordOrder),
      ];
      const score = fScore(counts, exact);
      if (best === null || score > best.score) best = { counts, score };
    }
    statistics.set(best?.counts ?? [], segment * width);
  }
  return {
    segments: hypotheses.length,
    width,
    statistics,
    of: (sums, round = exact) => fScore(sums, round),
    resampled: Math.fround,
  };
}

interface Units {
  characters: number[];
  words: number[];
}

function codePoints(text: string): number[] {
  const points: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const point = text.codePointAt(index) ?? 0;
    if (point > 0xffff) index += 1;
    points.push(point);
  }
  return points;
}

/** A mark at the end or, failing that, at the begin of a word is a word of its own, as in chrF++.py. */
function withoutPunctuation(word: string): string[] {
  const letters = Array.from(word);
  if (letters.length === 1) return [word];
  const isMark = (letter = ""): boolean => /^[!-/:-@[-`{-~]$/.test(letter);
  if (isMark(letters.at(-1))) return [letters.slice(0, -1).join(""), letters.at(-1) ?? ""];
  if (isMark(letters[0])) return [letters[0] ?? "", letters.slice(1).join("")];
  return [word];
}

/** N-grams of an order that the reference has none of do not count against the hypothesis. */
function countsOf(
  matcher: NgramMatcher,
  ours: readonly number[],
  theirs: readonly number[],
  maxOrder: number,
): number[] {
  if (maxOrder === 0) return [];
  return matcher.match(ours, [theirs], maxOrder).flatMap((both, order) => {
    const all = Math.max(theirs.length - order, 0);
    return [all === 0 ? 0 : Math.max(ours.length - order, 0), all, both];
  });
}

/** Mean precision and recall over the orders that both sides have; each step taken and rounded in sacrebleu's order. */
function fScore(counts: ArrayLike<number>, round: Round): number {
  let [precision, recall, orders] = [0, 0, 0];
  for (let place = 0; place < counts.length; place += 3) {
    const [hypothesis = 0, reference = 0, both = 0] = [counts[place], counts[place + 1], counts[place + 2]];
    if (hypothesis === 0 || reference === 0) continue;
    precision = round(precision + round(both / hypothesis));
    recall = round(recall + round(both / reference));
    orders += 1;
  }
  if (orders === 0) return 0;
  precision = round(precision / orders);
  recall = round(recall / orders);
  if (precision + recall === 0) return 0;
  const product = round(round((1 + factor) * precision) * recall);
  return round(100 * round(product / round(round(factor * precision) + recall)));
}
