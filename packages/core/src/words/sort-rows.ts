import { radixSort } from "./radix-sort.js";
import type { Words } from "./words.js";

/**
 * Sorts row numbers by a 64-bit key, and rows of equal keys by a comparison.
 *
 * @param order row numbers; sorted in place
 * @param spare as long as `order`; what it holds is lost
 */
export function sortRows(
  order: Uint32Array,
  words: Words,
  spare: Uint32Array,
  compareEqual: (a: number, b: number) => number,
): void {
  radixSort(order, words, spare);
  const { high, low } = words;
  for (let start = 0; start < order.length;) {
    const first = order[start] ?? 0;
    let end = start + 1;
    for (; end < order.length; end += 1) {
      const row = order[end] ?? 0;
      if (high[row] !== high[first] || low[row] !== low[first]) break;
    }
    if (end > start + 1) order.subarray(start, end).sort(compareEqual);
    start = end;
  }
}
