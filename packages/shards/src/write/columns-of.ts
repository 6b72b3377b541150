import { binaryData, columnData } from "@leyenda/core";
import type { Data, DataType, Schema, Struct } from "apache-arrow";

import type { BatchMemory } from "./batch-memory.js";
import { imageData } from "./image-data.js";
import type { ShardRow } from "./shard-schema.js";

/** The columns of a record batch, one for each field of a shard's schema; its pictures are laid out in `memory`. */
export function columnsOf(schema: Schema, rows: readonly ShardRow[], memory: BatchMemory): Data[] {
  return schema.fields.map(({ name, type }) =>
    name === "image"
      ? imageData(
          type as Struct,
          binaryData(
            rows.map(({ image }) => image.bytes),
            (bytes) => memory.take(bytes),
          ),
          (row) => rows[row]?.image.path ?? "",
        )
      : columnData(type as DataType, rows.length, (row) => rows[row]?.[name as keyof ShardRow] ?? null),
  );
}
