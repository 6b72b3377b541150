import { binaryData, textData } from "@leyenda/core";
import {
  Bool,
  type Data,
  type DataType,
  Float32,
  Int32,
  makeData,
  type Schema,
  Struct,
  Utf8,
} from "apache-arrow";

import type { ShardRow } from "./shard-schema.js";

/** The columns of a record batch, one for each field of a shard's schema. */
export function columnsOf(schema: Schema, rows: readonly ShardRow[]): Data[] {
  return schema.fields.map(({ name, type }) =>
    name === "image" ? imageData(type as Struct, rows) : columnData(type as DataType, name as Scalar, rows),
  );
}

type Scalar = Exclude<keyof ShardRow, "image">;

function imageData(type: Struct, rows: readonly ShardRow[]): Data {
  const children = [
    binaryData(rows.map(({ image }) => image.bytes)),
    textData(rows.length, (index) => rows[index]?.image.path ?? null),
  ];
  return makeData({ type, length: rows.length, nullCount: 0, children });
}

// Without Arrow's builders, which take 1.4 µs for a caption where this takes 0.2.
function columnData(type: DataType, name: Scalar, rows: readonly ShardRow[]): Data {
  const { length } = rows;
  if (type instanceof Utf8)
    return textData(length, (index) => (rows[index]?.[name] as string | null) ?? null);
  if (type instanceof Int32)
    return makeData({
      type,
      length,
      nullCount: 0,
      data: Int32Array.from(rows, (row) => row[name] as number),
    });
  if (type instanceof Float32)
    return makeData({
      type,
      length,
      nullCount: 0,
      data: Float32Array.from(rows, (row) => row[name] as number),
    });
  if (type instanceof Bool) {
    const data = new Uint8Array(Math.ceil(length / 8));
    rows.forEach((row, index) => {
      if (row[name] === true) data[index >> 3] = (data[index >> 3] ?? 0) | (1 << (index & 7));
    });
    return makeData({ type, length, nullCount: 0, data });
  }
  throw new TypeError(`no column of a shard is of type ${type.typeId}`);
}
