import { NgramNumbers } from "./ngram-numbers.js";

/** Counts n-grams that a text has in common with others. One is used for many texts: its memory is that of the longest. */
export class NgramMatcher {
  readonly #numbers = new NgramNumbers();
  /** By number of n-gram: most in one reference, and so far in the text at hand. */
  #allowed = new Int32Array(1024);
  #counts = new Int32Array(1024);

  /**
   * N-grams of the hypothesis that a reference has as well, each at most as often as the reference that has it most often.
   *
   * @param hypothesis units as whole numbers from 0
   * @returns counts of 1- to `maxOrder`-grams
   */
  match(
    hypothesis: readonly number[],
    references: readonly (readonly number[])[],
    maxOrder: number,
  ): number[] {
    const matches = new Array<number>(maxOrder).fill(0);
    this.#allowed.fill(0, 0, this.#numbers.size + 1);
    this.#counts.fill(0, 0, this.#numbers.size + 1);
    this.#numbers.clear();
    for (const reference of references) {
      this.#each(reference, maxOrder, (number) => {
        const count = (this.#counts[number] ?? 0) + 1;
        this.#counts[number] = count;
        if (count > (this.#allowed[number] ?? 0)) this.#allowed[number] = count;
      });
      this.#counts.fill(0, 0, this.#numbers.size + 1);
    }
    this.#each(hypothesis, maxOrder, (number, order) => {
      const count = (this.#counts[number] ?? 0) + 1;
      this.#counts[number] = count;
      if (count <= (this.#allowed[number] ?? 0)) matches[order - 1] = (matches[order - 1] ?? 0) + 1;
    });
    return matches;
  }

  #each(units: readonly number[], maxOrder: number, found: (number: number, order: number) => void): void {
    const numbers = new Array<number>(units.length).fill(0);
    for (let order = 1; order <= maxOrder; order += 1) {
      for (let start = 0; start + order <= units.length; start += 1) {
        const number = this.#numbers.of(numbers[start] ?? 0, units[start + order - 1] ?? 0);
        numbers[start] = number;
        if (number >= this.#counts.length) this.#grow(number);
        found(number, order);
      }
    }
  }

  #grow(number: number): void {
    const [allowed, counts] = [this.#allowed, this.#counts];
    this.#allowed = new Int32Array(number * 2);
    this.#counts = new Int32Array(number * 2);
    this.#allowed.set(allowed);
    this.#counts.set(counts);
  }
}
