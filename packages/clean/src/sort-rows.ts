import { radixSort } from "./radix-sort.js";

/**
 * Sorts row numbers by a 64-bit key in two words, and rows of equal keys by a comparison.
 *
 * @param order row numbers; sorted in place
 */
export function sortRows(
  order: Uint32Array,
  { high, low }: { high: Uint32Array; low: Uint32Array },
  compareEqual: (a: number, b: number) => number,
): void {
  radixSort(order, high, low);
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
