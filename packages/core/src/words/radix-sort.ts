import type { Words } from "./words.js";

/** Values of one 16-bit digit. */
const radix = 1 << 16;

/**
 * Sorts row numbers by a 64-bit key, smallest first; equal keys keep their order. A radix sort in four passes: linear in the
 * rows, and without an object or a comparison per row.
 *
 * @param order row numbers; sorted in place
 * @param spare as long as `order`; what it holds is lost
 */
export function radixSort(order: Uint32Array, { high, low }: Words, spare: Uint32Array): void {
  let from: Uint32Array = order;
  let to: Uint32Array = spare;
  const counts = new Uint32Array(radix + 1);
  for (const [words, shift] of [
    [low, 0],
    [low, 16],
    [high, 0],
    [high, 16],
  ] as const) {
    counts.fill(0);
    for (const row of from) {
      const digit = (((words[row] ?? 0) >>> shift) & 0xffff) + 1;
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    for (let digit = 1; digit <= radix; digit += 1)
      counts[digit] = (counts[digit] ?? 0) + (counts[digit - 1] ?? 0);
    for (const row of from) {
      const digit = ((words[row] ?? 0) >>> shift) & 0xffff;
      const place = counts[digit] ?? 0;
      to[place] = row;
      counts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  // Four passes: the rows are back in the array they came in.
}
