import { setImmediate } from "node:timers/promises";

import { ArrowStreamEncoder, type PartFile } from "@leyenda/core";
import type { Data, Schema } from "apache-arrow";

import { arrowCodec, type Compression } from "../arrow-codecs.js";
import type { BatchPlace } from "../random-access/shard-index.js";

/** Bytes after which the disk is given something to do while the next batches are laid out. */
const flushBytes = 16 << 20;

/**
 * Up to so many bytes a batch is written by this thread: it is in its cache, and gone to the system's in less time than another thread
 * takes to hear of it. With larger ones the disk is what is waited for, and completions of reads are not to wait as well.
 */
const smallBytes = 1 << 20;

/** A record batch that is laid out: a column for each field of its schema. */
export interface ShardBatch {
  /** At least 1. */
  rows: number;
  columns: readonly Data[];
}

/**
 * Writes record batches as an Arrow IPC _stream_, the form that `datasets` reads. What a batch's columns lie in is needed until the next
 * one is asked for.
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
  for await (const { rows, columns } of batches) {
    const offset = encoder.position;
    const chunks = encoder.batch(rows, columns);
    const length = encoder.position - offset;
    await file.write(chunks, { blocking: length <= smallBytes });
    places.push({ offset, length, rows });
    if (encoder.position - flushed < flushBytes) continue;
    file.flush();
    flushed = encoder.position;
    // Where neither reading nor writing waits, nothing else of the process, such as the end of a flush, would have its turn.
    await setImmediate();
  }
  await file.write(encoder.finish());
  return places;
}
