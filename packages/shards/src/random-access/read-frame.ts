import type { StoredFile } from "@leyenda/core";

import {
  type Binary,
  type RecordBatch,
  RecordBatchReader,
  type Struct,
  type StructRowProxy,
  type Utf8,
  type Vector,
} from "apache-arrow";

import type { ShardRow } from "../write/shard-schema.js";
import { readAt } from "./read-at.js";
import { readMessage } from "./read-message.js";
import type { BatchPlace } from "./shard-index.js";

/** A record batch in memory, its pictures perhaps still in the file. */
export interface BatchFrame {
  /** @param index in the batch, from 0 */
  row: (index: number) => Promise<ShardRow>;
}

/** Place of the pictures' bytes among a record batch's buffers: after the validity of both levels, and the offsets. */
const picturesBuffer = 3;

/** Length of the uncompressed buffer, before a compressed one; -1 before one that was left as it is. */
const compressedPrefix = 8;

/**
 * Reads a record batch of a shard.
 *
 * @param schema the bytes of the stream before its first batch
 * @param pictures whether the pictures are read with it; otherwise each row's is read when it is asked for, which is possible
 *   unless they are compressed
 */
export async function readFrame(
  handle: StoredFile,
  schema: Uint8Array,
  place: BatchPlace,
  { pictures }: { pictures: boolean },
): Promise<BatchFrame> {
  const hole = pictures ? null : await findHole(handle, place);
  // Pages that are never written to take no memory.
  const stream = new Uint8Array(schema.length + place.length);
  stream.set(schema);
  const fill = async (start: number, end: number): Promise<void> => {
    const target = stream.subarray(schema.length + start, schema.length + end);
    const got = await readAt(handle, target, place.offset + start);
    if (got < target.length)
      throw new RangeError(`the file ends within a record batch, byte ${place.offset + start + got}`);
  };
  await fill(0, hole?.start ?? place.length);
  if (hole !== null) await fill(hole.end, place.length);
  const batch = RecordBatchReader.from(stream).next().value as RecordBatch | null;
  if (batch?.numRows !== place.rows)
    throw new RangeError(`no batch of ${place.rows} rows at byte ${place.offset}`);
  return { row: (index) => readRow(batch, index, hole === null ? null : readPicture) };

  async function readPicture(start: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    const got = await readAt(handle, bytes, place.offset + (hole?.start ?? 0) + start);
    if (got < bytes.length) throw new RangeError("the file ends within a picture");
    return bytes;
  }
}

async function readRow(
  batch: RecordBatch,
  index: number,
  readPicture: ((start: number, end: number) => Promise<Uint8Array>) | null,
): Promise<ShardRow> {
  const proxy = batch.get(index) as StructRowProxy | null;
  if (proxy === null) throw new RangeError(`no row ${index}`);
  const row = proxy.toJSON() as unknown as ShardRow;
  const image = batch.getChild("image") as Vector<Struct> | null;
  const pictures = image?.getChild("bytes") as Vector<Binary> | null | undefined;
  const path = (image?.getChild("path") as Vector<Utf8> | null | undefined)?.get(index);
  if (pictures == null || path == null)
    throw new RangeError("there is no column image of bytes and path without nulls");
  const offsets = pictures.data[0]?.valueOffsets;
  const [start = 0, end = 0] = offsets?.subarray(index, index + 2) ?? [];
  const bytes = readPicture === null ? pictures.get(index) : await readPicture(start, end);
  if (bytes === null) throw new RangeError(`row ${index} has no picture`);
  return { ...row, image: { bytes, path } };
}

/** Where the pictures' bytes lie in a record batch, from its start; null where they must be read with it. */
async function findHole(
  handle: StoredFile,
  place: BatchPlace,
): Promise<{ start: number; end: number } | null> {
  const found = await readMessage(handle, place.offset);
  if (found?.message.isRecordBatch() !== true)
    throw new RangeError(`no record batch at byte ${place.offset}`);
  const { buffers, compression } = found.message.header();
  const region = buffers[picturesBuffer];
  if (region === undefined) return null;
  const start = found.headBytes + region.offset;
  const end = start + region.length;
  if (compression === null || region.length === 0) return { start, end };
  const prefix = Buffer.alloc(compressedPrefix);
  await readAt(handle, prefix, place.offset + start);
  return prefix.readBigInt64LE() === -1n ? { start: start + compressedPrefix, end } : null;
}
