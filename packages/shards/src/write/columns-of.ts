import { binaryData, columnData, type TakeMemory } from "@leyenda/core";
import type { Data, DataType, Schema, Struct } from "apache-arrow";

import { imageData } from "./image-data.js";
import type { ShardRow } from "./shard-schema.js";

/** The columns of a record batch, one for each field of a shard's schema; `take` gives the memory that they are laid out in. */
export function columnsOf(schema: Schema, rows: readonly ShardRow[], take: TakeMemory): Data[] {
  return schema.fields.map(({ name, type }) => {
    if (name !== "image")
      return columnData(
        type as DataType,
        rows.length,
        (row) => rows[row]?.[name as keyof ShardRow] ?? null,
        take,
      );
    const pictures = rows.map(({ image }) => image.bytes);
    return imageData(type as Struct, binaryData(pictures, take), (row) => rows[row]?.image.path ?? "", take);
  });
}
