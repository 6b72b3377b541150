import { isUtf8 } from "node:buffer";

import { countLines } from "./count-lines.js";
import { maxRecordBytes } from "./find-record-end.js";
import { type Layout, quotingDelimiter } from "./layout.js";
import { parseRecord } from "./parse-record.js";
import { type RecordBatch, scanRecords } from "./scan-records.js";
import type { SourcePart } from "./source-part.js";

/** A record of the list: a row, or what is wrong with it. */
export type SourceRow = {
  /** Place in the list, from 1. */
  row: number;
  /** The file it is in, and the line there at which it begins, from 1; in Parquet the row. */
  file: string;
  line: number;
} & (
  | { ok: true; url: string; caption: string; extra: string | null }
  | { ok: false; problem: string; raw: Buffer }
);

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Reads the rows of one part, in order and in constant memory. */
export async function* readSourceRows({
  firstRow,
  slices,
}: Pick<SourcePart, "firstRow" | "slices">): AsyncGenerator<SourceRow> {
  let row = firstRow;
  for (const { name: file, path, layout, firstLine, offset, bytes } of slices) {
    let line = firstLine;
    const delimiter = quotingDelimiter(layout);
    for await (const batch of scanRecords(path, { start: offset, end: offset + bytes, delimiter })) {
      const valid = isUtf8(batch.bytes);
      for (const raw of recordsOf(batch)) {
        const parsed = parse(raw, valid, layout);
        yield parsed.problem === undefined
          ? { row, file, line, ok: true, url: parsed.url, caption: parsed.caption, extra: parsed.extra }
          : { row, file, line, ok: false, problem: parsed.problem, raw: Buffer.from(withoutLineEnd(raw)) };
        row += 1;
        line += delimiter === null ? 1 : countLines(raw);
      }
    }
  }
}

/** The records of a batch with their line ends; of one that is too long, only its beginning. */
function* recordsOf({ bytes, ends, continued }: RecordBatch): Generator<Buffer> {
  let start = 0;
  for (const [index, end] of ends.entries()) {
    if (index > 0 || !continued) yield bytes.subarray(start, end);
    start = end;
  }
}

/** @param valid whether the bytes are known to be UTF-8 */
function parse(raw: Buffer, valid: boolean, layout: Layout): ReturnType<typeof parseRecord> {
  const record = withoutLineEnd(raw);
  if (record.length > maxRecordBytes) return { problem: `the row is longer than ${maxRecordBytes} bytes` };
  if (!valid && !isUtf8(record)) return { problem: "the row is not valid UTF-8" };
  return parseRecord(record.toString("utf8"), layout);
}

function withoutLineEnd(raw: Buffer): Buffer {
  let end = raw.length;
  if (raw[end - 1] === newline) end -= 1;
  if (raw[end - 1] === carriageReturn) end -= 1;
  return raw.subarray(0, end);
}
