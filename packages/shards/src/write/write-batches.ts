import { ArrowStreamEncoder, type PartFile } from "@leyenda/core";
import type { Data, Schema } from "apache-arrow";

import { arrowCodec, type Compression } from "../arrow-codecs.js";
import type { BatchPlace } from "../random-access/shard-index.js";

/** Bytes after which the disk is given something to do while the next batches are laid out. */
const flushBytes = 16 << 20;

/** Batches that may be on their way to the file while the next is laid out: the disk is not always as fast. */
export const batchesInFlight = 3;

/** A record batch that is laid out: a column for each field of its schema. */
export interface ShardBatch {
  /** At least 1. */
  rows: number;
  columns: readonly Data[];
}

/**
 * Writes record batches as an Arrow IPC _stream_, the form that `datasets` reads. Batches are on their way to the
 * file while the next is laid out: what a batch's columns lie in must stay as it is until `batchesInFlight` others have been asked for and one more.
 *
 * @returns where each record batch lies
 */
export async function writeBatches(
  file: PartFile,
  schema: Schema,
  batches: AsyncIterable<ShardBatch>,
  compression: Compression,
): Promise<BatchPlace[]> {
  const encoder = new ArrowStreamEncoder(schema, { compression: await arrowCodec(compression) });
  const places: BatchPlace[] = [];
  let flushed = 0;
  await file.write(encoder.header());
  const writing: Promise<void>[] = [];
  try {
    for await (const { rows, columns } of batches) {
      const offset = encoder.position;
      const chunks = encoder.batch(rows, columns);
      places.push({ offset, length: encoder.position - offset, rows });
      if (writing.length === batchesInFlight) await writing.shift();
      const write = file.write(chunks);
      // Thrown where it is waited for, which may be later.
      write.catch(() => undefined);
      writing.push(write);
      if (encoder.position - flushed < flushBytes) continue;
      file.flush();
      flushed = encoder.position;
    }
  } finally {
    await Promise.all(writing);
  }
  await file.write(encoder.finish());
  return places;
}
