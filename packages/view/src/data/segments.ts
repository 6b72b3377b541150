/** Items that hold consecutive rows, such as the shards of a split or the parts of a list. */
export class Segments<Item extends { rows: number }> {
  readonly items: readonly Item[];
  /** First row of each item, and the end. */
  readonly #starts: readonly number[];

  constructor(items: readonly Item[]) {
    this.items = items;
    let end = 0;
    this.#starts = [0, ...items.map(({ rows }) => (end += rows))];
  }

  get rows(): number {
    return this.#starts.at(-1) ?? 0;
  }

  /** @returns null for a row that is not there */
  locate(row: number): { item: Item; start: number; row: number } | null {
    if (!Number.isInteger(row) || row < 0 || row >= this.rows) return null;
    let [low, high] = [0, this.items.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const item = this.items[low];
    const start = this.#starts[low] ?? 0;
    return item === undefined ? null : { item, start, row: row - start };
  }
}
