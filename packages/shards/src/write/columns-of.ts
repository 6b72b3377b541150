import { binaryData, columnData, textData } from "@leyenda/core";
import { type Data, type DataType, makeData, type Schema, type Struct } from "apache-arrow";

import type { ShardRow } from "./shard-schema.js";

/** The columns of a record batch, one for each field of a shard's schema. */
export function columnsOf(schema: Schema, rows: readonly ShardRow[]): Data[] {
  return schema.fields.map(({ name, type }) =>
    name === "image"
      ? imageData(type as Struct, rows)
      : columnData(type as DataType, rows.length, (row) => rows[row]?.[name as keyof ShardRow] ?? null),
  );
}

function imageData(type: Struct, rows: readonly ShardRow[]): Data {
  const children = [
    binaryData(rows.map(({ image }) => image.bytes)),
    textData(rows.length, (index) => rows[index]?.image.path ?? null),
  ];
  return makeData({ type, length: rows.length, nullCount: 0, children });
}
