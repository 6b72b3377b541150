import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";

import type { DatasetConfig } from "@leyenda/core";

import type { SourcePart } from "./plan-source.js";

/** A line of the list: a row, or what is wrong with it. */
export type SourceRow =
  | { line: number; ok: true; url: string; caption: string }
  | { line: number; ok: false; problem: string; raw: Buffer };

const newline = 0x0a;

/** Longest line that is read as a row, bytes: beyond it the file is no list of captions. */
const maxLineBytes = 1 << 20;

/** Reads the rows of one part, in order and in constant memory. */
export async function* readSourceRows(
  path: string,
  part: Pick<SourcePart, "firstLine" | "offset" | "bytes">,
  columns: DatasetConfig["source"]["columns"],
): AsyncGenerator<SourceRow> {
  let line = part.firstLine;
  for await (const raw of readLines(path, part.offset, part.bytes)) {
    yield parseLine(line === 1 ? withoutByteOrderMark(raw) : raw, line, columns);
    line += 1;
  }
}

async function* readLines(path: string, offset: number, bytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const stream = createReadStream(path, { start: offset, end: offset + bytes - 1, highWaterMark: 1 << 18 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      yield held.length === 0 ? tail : Buffer.concat([...held, tail]);
      held = [];
      heldBytes = 0;
      start = end + 1;
    }
    // A line that never ends is kept only as far as it can matter.
    if (heldBytes <= maxLineBytes) held.push(chunk.subarray(start));
    heldBytes += chunk.length - start;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function parseLine(raw: Buffer, line: number, columns: DatasetConfig["source"]["columns"]): SourceRow {
  const bad = (problem: string): SourceRow => ({ line, ok: false, problem, raw });
  if (raw.length > maxLineBytes) return bad(`the line is longer than ${maxLineBytes} bytes`);
  if (!isUtf8(raw)) return bad("the line is not valid UTF-8");
  const cells = raw.toString("utf8").replace(/\r$/, "").split("\t");
  const [first, second] = cells;
  if (first === undefined || second === undefined || cells.length !== 2) {
    return bad(`expected ${columns.join(", tab, ")}; found ${cells.length} column(s)`);
  }
  const [url, caption] = columns[0] === "url" ? [first, second] : [second, first];
  return caption.trim() === "" ? bad("the caption is empty") : { line, ok: true, url, caption };
}

function withoutByteOrderMark(raw: Buffer): Buffer {
  return raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? raw.subarray(3) : raw;
}
