import { type Data, type DataType, makeData, Type, Utf8 } from "apache-arrow";

import { columnData } from "./column-data.js";
import { columnValues } from "./column-values.js";

/**
 * Some rows of a column as a column of its own, to the byte what `columnData` makes of their values; text is copied without being decoded.
 *
 * @param chunks of the column, as its file has them
 * @param indexes the rows, counted from 0 over all chunks, in the order of the result
 */
export function gatherColumn(chunks: readonly Data[], type: DataType, indexes: ArrayLike<number>): Data {
  const [only, ...others] = chunks;
  if (
    only?.offset === 0 &&
    only.nullCount === 0 &&
    others.length === 0 &&
    only.typeId === Type.Utf8 &&
    type instanceof Utf8
  )
    return gatherText(only, indexes);
  const valueAt = columnValues(chunks);
  return columnData(type, indexes.length, (row) => valueAt(indexes[row] ?? -1));
}

function gatherText(chunk: Data, indexes: ArrayLike<number>): Data<Utf8> {
  const [ends, values] = [chunk.valueOffsets as Int32Array, chunk.values as Uint8Array];
  const { length } = indexes;
  const valueOffsets = new Int32Array(length + 1);
  let total = 0;
  for (let row = 0; row < length; row += 1) {
    const index = indexes[row] ?? 0;
    total += (ends[index + 1] ?? 0) - (ends[index] ?? 0);
    valueOffsets[row + 1] = total;
  }
  const from = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const data = Buffer.allocUnsafeSlow(total);
  for (let row = 0; row < length; row += 1) {
    const index = indexes[row] ?? 0;
    from.copy(data, valueOffsets[row], ends[index], ends[index + 1]);
  }
  return makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data });
}
