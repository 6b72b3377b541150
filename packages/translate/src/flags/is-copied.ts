import { foldLetters } from "./fold-letters.js";
import { splitWords } from "./split-words.js";

/** English words that no Spanish text keeps, however they are written. */
const functionWords = new Set(
  "the an and of with on at for from by is are was were this that these his her their its over under near into".split(
    " ",
  ),
);

/** Share of words that both have from which a translation counts as its source. */
const almost = 0.8;

/**
 * Whether a translation is nothing but its source: four of five words are the same, in whatever order, and at least two of
 * the source are such that a translation would change them. Names in capitals, numbers and single words are not.
 */
export function isCopied(source: string, target: string): boolean {
  const words = splitWords(source);
  const changing = words.filter(
    (word) => functionWords.has(word.toLowerCase()) || /^\p{Ll}[\p{L}\p{M}'’]{2,}$/u.test(word),
  );
  if (changing.length < 2) return false;
  const found = splitWords(target).map(foldLetters);
  const left = new Map<string, number>();
  for (const word of found) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of words.map(foldLetters)) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common += 1;
  }
  return common >= almost * Math.max(words.length, found.length);
}
