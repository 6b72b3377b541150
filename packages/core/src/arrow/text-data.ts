import { makeData, Utf8, type Data } from "apache-arrow";

import { Nulls } from "./nulls.js";
import { freshMemory, type TakeMemory } from "./take-memory.js";

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
  const valueOffsets = offsetsOf(values, bytes === all.length ? charactersOf : bytesOf, take);
  const data = take(valueOffsets[length] ?? 0);
  if (data.length === bytes) data.write(all);
  // Halves of a character at the end of one text and the start of the next make a whole one only together.
  else for (const [row, value] of values.entries()) data.write(value, valueOffsets[row] ?? 0);
  return makeData({ type: new Utf8(), length, ...nulls.take(), valueOffsets, data });
}

function charactersOf({ length }: string): number {
  return length;
}

function bytesOf(value: string): number {
  return Buffer.byteLength(value);
}

/** All of them together are a string, and so far below the 2 GiB that an Arrow column holds. */
function offsetsOf(
  values: readonly string[],
  sizeOf: (value: string) => number,
  take: TakeMemory,
): Int32Array {
  const { buffer, byteOffset } = take(4 * (values.length + 1));
  const offsets = new Int32Array(buffer, byteOffset, values.length + 1);
  let end = 0;
  offsets[0] = 0;
  for (let row = 0; row < values.length; row += 1) {
    end += sizeOf(values[row] ?? "");
    offsets[row + 1] = end;
  }
  return offsets;
}
