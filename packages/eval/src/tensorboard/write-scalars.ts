import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { crc32c } from "./crc32c.js";

export interface ScalarsOptions {
  /** @default 0 */
  step?: number;
  /** Seconds since 1970. @default now */
  seconds?: number;
}

/**
 * Writes numbers as a TensorBoard event file: TFRecords of `Event` messages, each number a `simple_value`, which is a float32. Every call writes
 * a file of its own; TensorBoard reads all that are in a folder.
 *
 * @param folder made where it is missing
 * @param scalars by tag
 * @returns the file's path
 */
export async function writeScalars(
  folder: string,
  scalars: Readonly<Record<string, number>>,
  { step = 0, seconds = Date.now() / 1000 }: ScalarsOptions = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const unique = `${Math.floor(seconds)}.${hostname()}.${process.pid}.${process.hrtime.bigint()}`;
  const path = join(folder, `events.out.tfevents.${unique}`);
  const events = [
    // wall_time = 1, file_version = 3
    Buffer.concat([double(1, seconds), bytes(3, Buffer.from("brain.Event:2"))]),
    ...Object.entries(scalars).map(([tag, value]) => {
      // Summary.Value: tag = 1, simple_value = 2
      const scalar = Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)]);
      // wall_time = 1, step = 2, summary = 5; Summary: value = 1
      return Buffer.concat([double(1, seconds), whole(2, step), bytes(5, bytes(1, scalar))]);
    }),
  ];
  await writeFile(path, Buffer.concat(events.map(record)), { flag: "wx" });
  return path;
}

/** A TFRecord: length and its checksum, data and its checksum. */
function record(data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(masked(crc32c(head.subarray(0, 8))), 8);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(masked(crc32c(data)));
  return Buffer.concat([head, data, end]);
}

/** Checksums of data that holds checksums are weak, so TensorFlow turns and shifts them. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Fields of protocol buffers: the key is the field's number and how it is written. */
function double(field: number, value: number): Buffer {
  const data = Buffer.alloc(9);
  data[0] = (field << 3) | 1;
  data.writeDoubleLE(value, 1);
  return data;
}

function float(field: number, value: number): Buffer {
  const data = Buffer.alloc(5);
  data[0] = (field << 3) | 5;
  data.writeFloatLE(value, 1);
  return data;
}

function bytes(field: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(data.length)]), data]);
}

function whole(field: number, value: number): Buffer {
  return Buffer.from([field << 3, ...varint(value)]);
}

function varint(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return [...digits, rest];
}
