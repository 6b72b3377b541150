import { freshMemory, type TakeMemory } from "./take-memory.js";

/**
 * Where each value of an Arrow binary or text column begins in its data, and where the last one ends.
 *
 * @param sizeOf bytes of each row's value
 */
export function valueOffsets(
  length: number,
  sizeOf: (row: number) => number,
  take: TakeMemory = freshMemory,
): Int32Array {
  const { buffer, byteOffset } = take(4 * (length + 1));
  const offsets = new Int32Array(buffer, byteOffset, length + 1);
  offsets[0] = 0;
  let total = 0;
  for (let row = 0; row < length; row += 1) {
    total += sizeOf(row);
    if (total > 0x7fffffff) throw new RangeError("an Arrow binary column holds less than 2 GiB in one batch");
    offsets[row + 1] = total;
  }
  return offsets;
}
