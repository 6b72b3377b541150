import { makeData, Utf8, type Data } from "apache-arrow";

import { Nulls } from "./nulls.js";
import { freshMemory, type TakeMemory } from "./take-memory.js";
import { valueOffsets } from "./value-offsets.js";

/** An Arrow text column with nulls, written without an object for each value. */
export function textData(
  length: number,
  valueAt: (row: number) => string | null,
  take: TakeMemory = freshMemory,
): Data<Utf8> {
  const values = new Array<string>(length);
  const nulls = new Nulls(length);
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row);
    if (value === null) nulls.add(row);
    values[row] = value ?? "";
  }
  const all = values.join("");
  const bytes = Buffer.byteLength(all);
  // Texts without an accent, which most columns' are, have a byte for each character.
  const plain = bytes === all.length;
  const sizeOf = (row: number): number => {
    const value = values[row] ?? "";
    return plain ? value.length : Buffer.byteLength(value);
  };
  const offsets = valueOffsets(length, sizeOf, take);
  const data = take(offsets[length] ?? 0);
  if (data.length === bytes) data.write(all);
  // Halves of a character at the end of one text and the start of the next make a whole one only together.
  else for (const [row, value] of values.entries()) data.write(value, offsets[row] ?? 0);
  return makeData({ type: new Utf8(), length, ...nulls.take(), valueOffsets: offsets, data });
}
