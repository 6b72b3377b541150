import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Float,
  Int,
  type Int32,
  makeData,
  Utf8,
  vectorFromArray,
} from "apache-arrow";

import { binaryData } from "./binary-data.js";
import { Nulls } from "./nulls.js";
import { freshMemory, type TakeMemory } from "./take-memory.js";
import { textData } from "./text-data.js";

/**
 * A column of an Arrow record batch, laid out at once: Arrow's builders take 1.4 µs for a caption where this takes 0.2.
 *
 * @param valueAt the value of each row, null for none, of the kind that the type holds (bigint for 64-bit integers)
 * @param take gives the memory that the values are laid out in
 */
export function columnData(
  type: DataType,
  length: number,
  valueAt: (row: number) => unknown,
  take: TakeMemory = freshMemory,
): Data {
  if (type instanceof Utf8) return textData(length, (row) => (valueAt(row) as string | null) ?? null, take);
  if (type instanceof Int || type instanceof Float) return numberData(type, length, valueAt, take);
  if (type instanceof Bool) return boolData(type, length, valueAt, take);
  if (type instanceof Binary)
    return binaryData(
      Array.from({ length }, (_, row) => valueAt(row) as Uint8Array),
      take,
    );
  // A fresh vector has one chunk, unless it is empty.
  const [data] = vectorFromArray(
    Array.from({ length }, (_, row) => valueAt(row)),
    type,
  ).data;
  return data ?? makeData({ type });
}

function numberData(
  type: Int | Float,
  length: number,
  valueAt: (row: number) => unknown,
  take: TakeMemory,
): Data {
  // The type's own array, which the overloads of makeData cannot tell.
  const { ArrayType } = type as Int32;
  const { buffer, byteOffset } = take(length * ArrayType.BYTES_PER_ELEMENT).fill(0);
  const data = new ArrayType(buffer, byteOffset, length);
  const nulls = new Nulls(length);
  for (let row = 0; row < length; row += 1) {
    const value = (valueAt(row) as number | null) ?? null;
    if (value === null) nulls.add(row);
    else data[row] = value;
  }
  return makeData({ type: type as Int32, length, data, ...nulls.take() });
}

function boolData(type: Bool, length: number, valueAt: (row: number) => unknown, take: TakeMemory): Data {
  const data = take(Math.ceil(length / 8)).fill(0);
  const nulls = new Nulls(length);
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row) ?? null;
    if (value === null) nulls.add(row);
    else if (value === true) data[row >> 3] = (data[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return makeData({ type, length, data, ...nulls.take() });
}
