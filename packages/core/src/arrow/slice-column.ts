import { type Data, type DataType, Float, Int, type Int32, makeData, Utf8 } from "apache-arrow";

import { columnData } from "./column-data.js";
import { columnValues } from "./column-values.js";
import { freshMemory, type TakeMemory } from "./take-memory.js";

/**
 * A range of a column's rows as a column of its own, to the byte what `columnData` makes of their values, but without decoding them:
 * text is not even copied.
 *
 * @param chunks of the column, as its file has them
 * @param type of the result: one that holds the same values, such as Int32 for small Uint32
 * @param take gives memory for what does not lie in the chunks as it is
 */
export function sliceColumn(
  chunks: readonly Data[],
  type: DataType,
  start: number,
  end: number,
  take: TakeMemory = freshMemory,
): Data {
  let first = 0;
  for (const chunk of chunks) {
    const [from, to] = [start - first, end - first];
    if (from >= 0 && to <= chunk.length && chunk.offset === 0 && chunk.nullCount === 0) {
      const slice = sliceChunk(chunk, type, [from, to], take);
      if (slice !== null) return slice;
      break;
    }
    first += chunk.length;
  }
  const valueAt = columnValues(chunks);
  return columnData(type, end - start, (row) => valueAt(start + row), take);
}

/** Rows of one chunk without nulls; null for types that are not so simple. */
function sliceChunk(
  chunk: Data,
  type: DataType,
  [from, to]: [number, number],
  take: TakeMemory,
): Data | null {
  const length = to - from;
  if (type instanceof Utf8 && chunk.type instanceof Utf8) {
    const ends = (chunk.valueOffsets as Int32Array).subarray(from, to + 1);
    const [begin = 0, end = begin] = [ends[0], ends[length]];
    const data = (chunk.values as Uint8Array).subarray(begin, end);
    const { buffer, byteOffset } = take(ends.byteLength);
    const valueOffsets = new Int32Array(buffer, byteOffset, ends.length);
    for (let row = 0; row <= length; row += 1) valueOffsets[row] = (ends[row] ?? 0) - begin;
    return makeData({ type, length, nullCount: 0, valueOffsets, data });
  }
  if (areAlike(type, chunk.type)) {
    const values = (chunk.values as Int32Array).subarray(from, to);
    // The type's own array, which the overloads of makeData cannot tell.
    const data = values instanceof type.ArrayType ? values : new (type as Int32).ArrayType(values);
    return makeData({ type: type as Int32, length, nullCount: 0, data });
  }
  return null;
}

/** Whether numbers of the one type can be those of the other by assigning them. */
function areAlike(type: DataType, other: DataType): type is Int | Float {
  if (type instanceof Int) return other instanceof Int && type.bitWidth <= 32 && other.bitWidth <= 32;
  return type instanceof Float && other instanceof Float && type.precision === other.precision;
}
