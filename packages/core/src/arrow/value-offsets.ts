import { freshMemory, type TakeMemory } from "./take-memory.js";

/** Where each value of an Arrow binary or text column begins in its data, and where the last one ends. */
export function valueOffsets(lengths: readonly number[], take: TakeMemory = freshMemory): Int32Array {
  const { buffer, byteOffset } = take(4 * (lengths.length + 1));
  const offsets = new Int32Array(buffer, byteOffset, lengths.length + 1);
  offsets[0] = 0;
  let total = 0;
  for (let index = 0; index < lengths.length; index += 1) {
    total += lengths[index] ?? 0;
    if (total > 0x7fffffff) throw new RangeError("an Arrow binary column holds less than 2 GiB in one batch");
    offsets[index + 1] = total;
  }
  return offsets;
}
