import { NgramNumbers } from "./ngram-numbers.js";
import { Vocabulary } from "./vocabulary.js";

/**
 * Different n-grams of all captions over n-grams of all captions (Li et al. 2016), 0 to 1; 0 where there are none. It falls with the number of
 * captions, so compare it for equal numbers only.
 *
 * @param captions tokens of each
 */
export function distinctN(captions: readonly (readonly string[])[], n: number): number {
  const words = new Vocabulary();
  const numbers = new NgramNumbers();
  const found = new Set<number>();
  let all = 0;
  for (const caption of captions) {
    const units = words.all(caption);
    for (let start = 0; start + n <= units.length; start += 1) {
      let number = 0;
      for (const unit of units.slice(start, start + n)) number = numbers.of(number, unit);
      found.add(number);
      all += 1;
    }
  }
  return all === 0 ? 0 : found.size / all;
}
