import type { PartFile } from "@leyenda/core";
import type { Schema } from "apache-arrow";

import type { Compression } from "../arrow-codecs.js";
import type { BatchPlace } from "../random-access/shard-index.js";
import { BatchMemory } from "./batch-memory.js";
import { columnsOf } from "./columns-of.js";
import { type ShardRow, shardSchema } from "./shard-schema.js";
import { type ShardBatch, writeBatches } from "./write-batches.js";

export interface WriteShardOptions {
  /** Whether the dataset carries further columns of its list. @default false */
  withExtra?: boolean;
  /** @default "none" */
  compression?: Compression;
}

/**
 * Writes rows as an Arrow IPC _stream_, the form that `datasets` reads, batch by batch: a few batches are in memory.
 *
 * @param batches rows of each record batch; none of them empty
 * @returns where each record batch lies
 */
export function writeShard(
  file: PartFile,
  batches: AsyncIterable<readonly ShardRow[]>,
  { withExtra = false, compression = "none" }: WriteShardOptions = {},
): Promise<BatchPlace[]> {
  const schema = shardSchema(withExtra);
  return writeBatches(file, schema, layOut(schema, batches), compression);
}

async function* layOut(
  schema: Schema,
  batches: AsyncIterable<readonly ShardRow[]>,
): AsyncGenerator<ShardBatch, void, undefined> {
  const memory = new BatchMemory(1);
  for await (const rows of batches)
    yield { rows: rows.length, columns: columnsOf(schema, rows, memory.nextBatch()) };
}
