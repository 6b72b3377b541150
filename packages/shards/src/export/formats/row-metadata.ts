import type { ShardRow } from "../../write/shard-schema.js";

/** A row's columns but the picture, for formats that have JSON beside it. */
export function rowMetadata(row: ShardRow): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== "image"));
}
