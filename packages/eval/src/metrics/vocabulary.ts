/** Numbers words from 0 on, the same for equal ones. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();

  of(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  all(words: readonly string[]): number[] {
    return words.map((word) => this.of(word));
  }
}
