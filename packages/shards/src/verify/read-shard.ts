import { createReadStream } from "node:fs";

import { RecordBatchReader, type Schema, type StructRowProxy } from "apache-arrow";

import { registerArrowCodecs } from "../arrow-codecs.js";
import type { ShardRow } from "../write/shard-schema.js";

/** A shard's batches, one in memory at a time; the schema comes with each. */
export async function* readShard(path: string): AsyncGenerator<{ schema: Schema; rows: ShardRow[] }> {
  await registerArrowCodecs();
  const reader = await RecordBatchReader.from(createReadStream(path));
  await reader.open();
  for await (const batch of reader) {
    const rows = batch.toArray() as StructRowProxy[];
    yield { schema: batch.schema, rows: rows.map((row) => row.toJSON() as unknown as ShardRow) };
  }
}
