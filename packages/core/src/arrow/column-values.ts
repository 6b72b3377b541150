import type { Data } from "apache-arrow";

import { chunkValues } from "./chunk-values.js";

/**
 * Reads the values of a column by their row in all of its chunks.
 *
 * @returns the value of a row, null where it has none, undefined where there is no such row
 */
export function columnValues(chunks: readonly Data[]): (row: number) => unknown {
  const readers = chunks.map((chunk) => chunkValues(chunk));
  const ends = new Float64Array(chunks.length);
  chunks.forEach((chunk, index) => {
    ends[index] = (ends[index - 1] ?? 0) + chunk.length;
  });
  // Rows mostly lie in the chunk of the row before.
  let [at, start, end] = [0, 0, ends[0] ?? 0];
  return (row) => {
    if (row < start || row >= end) {
      at = chunkOf(ends, row);
      if (at === ends.length || row < 0) return undefined;
      [start, end] = [ends[at - 1] ?? 0, ends[at] ?? 0];
    }
    return readers[at]?.(row - start);
  };
}

/** The first chunk that ends behind a row. */
function chunkOf(ends: Float64Array, row: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) > row) high = middle;
    else low = middle + 1;
  }
  return low;
}
