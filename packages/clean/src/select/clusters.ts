import { compareCells } from "./compare-cells.js";

/**
 * Sets of rows that are joined pair by pair (union–find). The member with the smallest key, and of equal keys the first one,
 * stands for its set, whatever the order in which pairs come.
 */
export class Clusters {
  readonly #keys: Uint8Array;
  /** A row on the way to the one that stands for the set; that one's own number. */
  readonly #parents: Uint32Array;

  /** @param keys 16 bytes a row */
  constructor(keys: Uint8Array) {
    this.#keys = keys;
    this.#parents = new Uint32Array(keys.length / 16);
    for (let row = 0; row < this.#parents.length; row += 1) this.#parents[row] = row;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.#keeper(a), this.#keeper(b)];
    if (first === second) return;
    const ahead = (compareCells(this.#keys, first, second) || first - second) < 0;
    this.#parents[ahead ? second : first] = ahead ? first : second;
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
