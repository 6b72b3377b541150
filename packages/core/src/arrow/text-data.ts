import { makeData, Utf8, type Data } from "apache-arrow";

/** An Arrow text column with nulls, written without an object for each value. */
export function textData(length: number, valueAt: (index: number) => string | null): Data<Utf8> {
  const valueOffsets = new Int32Array(length + 1);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  let data = Buffer.allocUnsafe(length * 16);
  let end = 0;
  for (let index = 0; index < length; index += 1) {
    const value = valueAt(index);
    if (value === null) nullCount += 1;
    else {
      nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | (1 << (index & 7));
      // UTF-8 takes at most three bytes for each UTF-16 unit.
      const most = end + value.length * 3;
      if (most > data.length) data = Buffer.concat([data.subarray(0, end)], Math.max(most, data.length * 2));
      end += data.write(value, end);
    }
    valueOffsets[index + 1] = end;
  }
  return makeData({
    type: new Utf8(),
    length,
    nullCount,
    nullBitmap: nullCount === 0 ? undefined : nullBitmap,
    valueOffsets,
    data: data.subarray(0, end),
  });
}
