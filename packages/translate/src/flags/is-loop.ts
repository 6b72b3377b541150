import { foldLetters } from "./fold-letters.js";
import { longestRun } from "./longest-run.js";
import { splitWords } from "./split-words.js";

/** 1 to 6 characters, none of them a space, eight times or more. */
const letterLoop = /(\S{1,6}?)\1{7,}/u;

/**
 * Whether a translation is stuck: 1 to 8 words stand in it at least `repeats` times in a row, and more often than in its
 * source; or up to 6 characters eight times, where the source has nothing of the kind.
 */
export function isLoop(source: string, target: string, repeats: number): boolean {
  const run = longestRun(splitWords(foldLetters(target)));
  if (run >= repeats && run > longestRun(splitWords(foldLetters(source)))) return true;
  return letterLoop.test(target) && !letterLoop.test(source);
}
