import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Float,
  Int,
  makeData,
  Utf8,
  vectorFromArray,
} from "apache-arrow";

import { binaryData } from "./binary-data.js";
import { textData } from "./text-data.js";

/**
 * A column of an Arrow record batch, laid out at once: Arrow's builders take 1.4 µs for a caption where this takes 0.2.
 *
 * @param valueAt the value of each row, null for none, of the kind that the type holds (bigint for 64-bit integers)
 */
export function columnData(type: DataType, length: number, valueAt: (row: number) => unknown): Data {
  if (type instanceof Utf8) return textData(length, (row) => valueAt(row) as string | null);
  if (type instanceof Int || type instanceof Float) return numberData(type, length, valueAt);
  if (type instanceof Bool) return boolData(type, length, valueAt);
  if (type instanceof Binary)
    return binaryData(Array.from({ length }, (_, row) => valueAt(row) as Uint8Array));
  // A fresh vector has one chunk, unless it is empty.
  const [data] = vectorFromArray(
    Array.from({ length }, (_, row) => valueAt(row)),
    type,
  ).data;
  return data ?? makeData({ type });
}

function numberData(type: Int | Float, length: number, valueAt: (row: number) => unknown): Data {
  const data = new type.ArrayType(length) as Record<number, unknown>;
  const nulls = new Nulls(length);
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row) ?? null;
    if (value === null) nulls.add(row);
    else data[row] = value;
  }
  // The type's own array, which the overloads of makeData cannot tell.
  return makeData({ type: type as Int, length, data: data as unknown as Int32Array, ...nulls.take() });
}

function boolData(type: Bool, length: number, valueAt: (row: number) => unknown): Data {
  const data = new Uint8Array(Math.ceil(length / 8));
  const nulls = new Nulls(length);
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row) ?? null;
    if (value === null) nulls.add(row);
    else if (value === true) data[row >> 3] = (data[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return makeData({ type, length, data, ...nulls.take() });
}

/** Which rows of a column have no value; without a bitmap while all have one. */
class Nulls {
  readonly #length: number;
  #bitmap: Uint8Array | undefined;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
  }

  add(row: number): void {
    this.#bitmap ??= new Uint8Array(Math.ceil(this.#length / 8)).fill(0xff);
    this.#bitmap[row >> 3] = (this.#bitmap[row >> 3] ?? 0) & ~(1 << (row & 7));
    this.#count += 1;
  }

  take(): { nullCount: number; nullBitmap: Uint8Array | undefined } {
    return { nullCount: this.#count, nullBitmap: this.#bitmap };
  }
}
