import { ArrowStreamEncoder, type PartFile } from "@leyenda/core";

import { arrowCodec, type Compression } from "../arrow-codecs.js";
import { columnsOf } from "./columns-of.js";
import type { BatchPlace } from "../random-access/shard-index.js";
import { type ShardRow, shardSchema } from "./shard-schema.js";

/** Bytes after which the disk is given something to do while the next batches are laid out. */
const flushBytes = 16 << 20;

export interface WriteShardOptions {
  /** Whether the dataset carries further columns of its list. @default false */
  withExtra?: boolean;
  /** @default "none" */
  compression?: Compression;
}

/**
 * Writes rows as an Arrow IPC *stream*, the form that `datasets` reads, batch by batch: one batch is in memory.
 *
 * @param batches rows of each record batch; none of them empty
 * @returns where each record batch lies
 */
export async function writeShard(
  file: PartFile,
  batches: AsyncIterable<readonly ShardRow[]>,
  { withExtra = false, compression = "none" }: WriteShardOptions = {},
): Promise<BatchPlace[]> {
  const schema = shardSchema(withExtra);
  const encoder = new ArrowStreamEncoder(schema, { compression: await arrowCodec(compression) });
  const places: BatchPlace[] = [];
  let flushed = 0;
  await file.write(encoder.header());
  for await (const rows of batches) {
    const offset = encoder.position;
    const chunks = encoder.batch(rows.length, columnsOf(schema, rows));
    places.push({ offset, length: encoder.position - offset, rows: rows.length });
    await file.write(chunks);
    if (encoder.position - flushed < flushBytes) continue;
    file.flush();
    flushed = encoder.position;
  }
  await file.write(encoder.finish());
  return places;
}
