import { isErrno, LeyendaError, readJsonFile, type StoredFile, storeOf } from "@leyenda/core";

import { registerArrowCodecs } from "../arrow-codecs.js";
import type { ShardRow } from "../write/shard-schema.js";
import { readAt } from "./read-at.js";
import { type BatchFrame, readFrame } from "./read-frame.js";
import { scanShard } from "./scan-shard.js";
import { type BatchPlace, shardIndexSchema } from "./shard-index.js";

/** A shard opened for reading any of its rows. */
export interface ShardReader {
  readonly rows: number;
  /** Rows of each record batch, in order. */
  readonly batches: readonly BatchPlace[];
  /**
   * One row, from 0. Two or three reads, however large the shard is: its record batch without the pictures (kept for the next
   * call), and its picture.
   *
   * @throws RangeError where there is no such row; LeyendaError DATA_CORRUPT where the shard ends early or is no Arrow
   */
  row(index: number): Promise<ShardRow>;
  /** All rows of a record batch, from 0. */
  batch(index: number): Promise<ShardRow[]>;
  close(): Promise<void>;
}

/**
 * Opens a shard (`train-00000-of-00495.arrow`) for positioned reads. Its record batches are found in the index beside it; where
 * there is none, or one of another shard, the headers in the shard are scanned once.
 *
 * @throws LeyendaError DATA_MISSING or DATA_CORRUPT
 */
export async function openShard(path: string): Promise<ShardReader> {
  await registerArrowCodecs();
  const handle = await storeOf(path)
    .open(path)
    .catch((cause: unknown) => {
      if (!isErrno(cause, "ENOENT", "EISDIR")) throw cause;
      throw new LeyendaError("DATA_MISSING", "there is no such shard", { where: path, cause });
    });
  try {
    const { size } = await handle.stat();
    const places = (await readIndex(path, size)) ?? (await intact(path, () => scanShard(handle, size)));
    const [first] = places;
    if (first === undefined) throw corrupt(path, new RangeError("it has no record batch"));
    const schema = new Uint8Array(first.offset);
    await readAt(handle, schema, 0);
    return new PositionedShard(path, handle, places, schema);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class PositionedShard implements ShardReader {
  readonly rows: number;
  readonly batches: readonly BatchPlace[];
  readonly #path: string;
  readonly #handle: StoredFile;
  readonly #schema: Uint8Array;
  /** Number of the first row of each batch. */
  readonly #firsts: number[] = [];
  #last: { batch: number; frame: Promise<BatchFrame> } | undefined;

  constructor(path: string, handle: StoredFile, batches: readonly BatchPlace[], schema: Uint8Array) {
    this.#path = path;
    this.#handle = handle;
    this.batches = batches;
    this.#schema = schema;
    let rows = 0;
    for (const batch of batches) {
      this.#firsts.push(rows);
      rows += batch.rows;
    }
    this.rows = rows;
  }

  async row(index: number): Promise<ShardRow> {
    if (!Number.isInteger(index) || index < 0 || index >= this.rows)
      throw new RangeError(`row ${index} of a shard of ${this.rows} rows`);
    const batch = this.#batchOf(index);
    return intact(this.#path, async () => {
      const frame = await this.#frame(batch);
      return frame.row(index - (this.#firsts[batch] ?? 0));
    });
  }

  async batch(index: number): Promise<ShardRow[]> {
    const place = this.batches[index];
    if (place === undefined) throw new RangeError(`batch ${index} of a shard of ${this.batches.length}`);
    return intact(this.#path, async () => {
      const frame = await readFrame(this.#handle, this.#schema, place, { pictures: true });
      return Promise.all(Array.from({ length: place.rows }, (_, row) => frame.row(row)));
    });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #batchOf(row: number): number {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firsts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #frame(batch: number): Promise<BatchFrame> {
    const place = this.batches[batch];
    if (place === undefined) throw new RangeError(`batch ${batch} of a shard of ${this.batches.length}`);
    if (this.#last?.batch !== batch) {
      const frame = readFrame(this.#handle, this.#schema, place, { pictures: false });
      this.#last = { batch, frame };
    }
    return this.#last.frame;
  }
}

async function readIndex(path: string, bytes: number): Promise<BatchPlace[] | null> {
  const index = await readJsonFile(path.replace(/\.arrow$/, "") + ".index", shardIndexSchema);
  if (index?.bytes !== bytes) return null;
  return index.batches.map(([offset, length, rows]) => ({ offset, length, rows }));
}

async function intact<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LeyendaError || isErrno(error, "EBADF", "EIO") ? error : corrupt(path, error);
  }
}

function corrupt(path: string, cause: unknown): LeyendaError {
  return new LeyendaError("DATA_CORRUPT", `the shard cannot be read: ${(cause as Error).message}`, {
    where: path,
    expected: "an Arrow IPC stream with the columns of a shard",
    hint: '"leyenda verify" says what else is wrong; delete the shard\'s record and run "leyenda shards" to make it again',
    cause,
  });
}
