import { makeData, Utf8, type Data } from "apache-arrow";

/** An Arrow text column with nulls, written without an object for each value. */
export function textData(length: number, valueAt: (row: number) => string | null): Data<Utf8> {
  const values = new Array<string>(length);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row);
    if (value === null) nullCount += 1;
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    values[row] = value ?? "";
  }
  const all = values.join("");
  let data = Buffer.from(all);
  // Texts without an accent, which most columns' are, have a byte for each character.
  const valueOffsets = offsetsOf(values, data.length === all.length ? charactersOf : bytesOf);
  // Halves of a character at the end of one text and the start of the next make a whole one only together.
  if (valueOffsets.at(-1) !== data.length) data = Buffer.concat(values.map((value) => Buffer.from(value)));
  return makeData({
    type: new Utf8(),
    length,
    nullCount,
    nullBitmap: nullCount === 0 ? undefined : nullBitmap,
    valueOffsets,
    data,
  });
}

function charactersOf({ length }: string): number {
  return length;
}

function bytesOf(value: string): number {
  return Buffer.byteLength(value);
}

function offsetsOf(values: readonly string[], sizeOf: (value: string) => number): Int32Array {
  const offsets = new Int32Array(values.length + 1);
  let end = 0;
  for (let row = 0; row < values.length; row += 1) {
    end += sizeOf(values[row] ?? "");
    offsets[row + 1] = end;
  }
  return offsets;
}
