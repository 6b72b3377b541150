import { open } from "node:fs/promises";

import { findRecordEnd, maxRecordBytes } from "./find-record-end.js";

/** Consecutive records of a file. */
export interface RecordBatch {
  /** The records' bytes, one after the other; reused for the next batch. */
  bytes: Buffer;
  /** Place of `bytes` in the file. */
  offset: number;
  /** End of each record within `bytes`, its newline included; the first begins at 0, the last ends at the end. */
  ends: number[];
  /** Whether `bytes` begins inside a record that was too long for the batch before. */
  continued: boolean;
}

export interface ScanOptions {
  /** Bytes. @default 0 */
  start?: number;
  /** Bytes. @default the file's end */
  end?: number;
  /** Code of the delimiter where cells may be quoted; null where a record is a line. */
  delimiter: number | null;
}

/** Twice the longest record: a full window without an end of a record is then one that is too long. */
const windowBytes = 2 * maxRecordBytes;

/**
 * Reads the records of a file without making strings of them, in constant memory: one window of 2 MiB, in which every
 * record that can be a row lies whole. A longer record comes in pieces.
 */
export async function* scanRecords(path: string, options: ScanOptions): AsyncGenerator<RecordBatch> {
  const { start = 0, end = Number.POSITIVE_INFINITY, delimiter } = options;
  const file = await open(path, "r");
  try {
    const window = Buffer.allocUnsafe(Math.min(windowBytes, end - start));
    let filled = 0;
    let offset = start;
    let final = false;
    let inLongRecord = false;
    while (!final) {
      while (filled < window.length && !final) {
        const wanted = Math.min(window.length - filled, end - offset - filled);
        const { bytesRead } = await file.read(window, filled, wanted, offset + filled);
        filled += bytesRead;
        final = bytesRead === 0 || offset + filled >= end;
      }
      const { ends, open: stillOpen } = endsIn(window, { filled, final, inLongRecord, delimiter });
      const used = ends.at(-1) ?? 0;
      if (used > 0) yield { bytes: window.subarray(0, used), offset, ends, continued: inLongRecord };
      inLongRecord = stillOpen;
      window.copyWithin(0, used, filled);
      filled -= used;
      offset += used;
    }
  } finally {
    await file.close();
  }
}

interface Window {
  filled: number;
  final: boolean;
  inLongRecord: boolean;
  delimiter: number | null;
}

/** Ends of the records in the window; `open` tells that the last of them goes on behind it. */
function endsIn(
  bytes: Buffer,
  { filled, final, inLongRecord, delimiter }: Window,
): { ends: number[]; open: boolean } {
  const ends: number[] = [];
  let at = 0;
  // The rest of a record that is too long is passed over as a line, whatever its quotes.
  let lineOnly = inLongRecord;
  while (at < filled) {
    const found = findRecordEnd(bytes, at, filled, final, lineOnly ? null : delimiter);
    if (found === -1) break;
    ends.push(found);
    at = found;
    lineOnly = false;
  }
  const open = ends.length === 0 && filled === bytes.length;
  if (open) ends.push(filled);
  return { ends, open };
}
