/**
 * Sets of rows that are joined pair by pair (union–find). The member that is ahead of all others stands for its set, whatever the
 * order in which pairs come.
 */
export class Clusters {
  readonly #isAhead: (a: number, b: number) => boolean;
  /** A row on the way to the one that stands for the set; that one's own number. */
  readonly #parents: Uint32Array;

  /** @param isAhead whether a row is to stand rather than another, different one; a total order */
  constructor(rows: number, isAhead: (a: number, b: number) => boolean) {
    this.#isAhead = isAhead;
    this.#parents = new Uint32Array(rows);
    for (let row = 0; row < rows; row += 1) this.#parents[row] = row;
  }

  /** @returns whether they were in different sets */
  join(a: number, b: number): boolean {
    const [first, second] = [this.#keeper(a), this.#keeper(b)];
    if (first === second) return false;
    const ahead = this.#isAhead(first, second);
    this.#parents[ahead ? second : first] = ahead ? first : second;
    return true;
  }

  /** For each row the one that stands for its set. To be called once, after the last `join`. */
  keepers(): Uint32Array {
    for (let row = 0; row < this.#parents.length; row += 1) this.#parents[row] = this.#keeper(row);
    return this.#parents;
  }

  #keeper(row: number): number {
    let at = row;
    for (;;) {
      const parent = this.#parents[at] ?? at;
      if (parent === at) return at;
      // Halves the way for the next time.
      const next = this.#parents[parent] ?? parent;
      this.#parents[at] = next;
      at = next;
    }
  }
}
