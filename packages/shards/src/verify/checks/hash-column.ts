import { hash } from "node:crypto";

import { sortRows } from "@leyenda/core";

import { GrowingColumn } from "./growing-column.js";

/** Three words of each row's hash, the first ones first. */
export type HashWords = readonly [Uint32Array, Uint32Array, Uint32Array];

/**
 * Values of all rows as the first 96 bits of their SHA-256, 12 bytes a row: among 12.4 million different values two are taken
 * for equal with a probability of 1 in 10^15.
 */
export class HashColumn {
  readonly #words = [new GrowingColumn(), new GrowingColumn(), new GrowingColumn()] as const;

  /** @param value null stands for no value, which equals nothing */
  push(value: string | Uint8Array | null): void {
    const digest = value === null ? null : hash("sha256", value, "buffer");
    this.pushDigest(digest);
  }

  /** @param digest 12 bytes or more */
  pushDigest(digest: Buffer | null): void {
    this.#words.forEach((words, index) => {
      words.push(digest === null ? 0 : digest.readUInt32BE(index * 4));
    });
  }

  /** Appends hashes that another column gave away. */
  append(words: HashWords): void {
    this.#words.forEach((column, index) => {
      column.append(words[index] ?? new Uint32Array(0));
    });
  }

  /** The hashes of all rows. The column is empty afterwards. */
  take(): HashWords {
    return this.#words.map((words) => words.take()) as [Uint32Array, Uint32Array, Uint32Array];
  }

  /**
   * Calls back with the rows of each value that several rows have, ascending. The column is empty afterwards. Takes 8 bytes a
   * row to work.
   */
  takeGroups(onGroup: (rows: Uint32Array) => void): void {
    const [high, low, third] = this.take();
    const order = Uint32Array.from({ length: high.length }, (_, row) => row);
    const at = (words: Uint32Array, row: number): number => words[row] ?? 0;
    sortRows(
      order,
      { high, low },
      new Uint32Array(high.length),
      (a, b) => at(third, a) - at(third, b) || a - b,
    );
    const same = (a: number, b: number): boolean =>
      at(high, a) === at(high, b) && at(low, a) === at(low, b) && at(third, a) === at(third, b);
    for (let start = 0; start < order.length;) {
      const first = order[start] ?? 0;
      let end = start + 1;
      while (end < order.length && same(first, order[end] ?? 0)) end += 1;
      const isValue = at(high, first) !== 0 || at(low, first) !== 0 || at(third, first) !== 0;
      if (isValue && end > start + 1) onGroup(order.subarray(start, end));
      start = end;
    }
  }
}
