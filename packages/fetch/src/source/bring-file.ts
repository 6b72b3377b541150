import { mkdir, open, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import { type DatasetConfig, LeyendaError } from "@leyenda/core";

import { countLines } from "./count-lines.js";
import { digest } from "./digest.js";
import { downloadFile } from "./download-file.js";
import { findRecordEnd, maxRecordBytes } from "./find-record-end.js";
import { judgeFormat } from "./judge-format.js";
import { type Layout, quotingDelimiter } from "./layout.js";
import { parseRecord } from "./parse-record.js";
import { resolveLayout } from "./resolve-layout.js";
import type { SourceFile } from "./source-file.js";
import { packingOf, unpackFile } from "./unpack-file.js";

/** A file of the list as plain text on this machine. */
export interface PlainFile {
  name: string;
  path: string;
  layout: Layout;
  /** Where its first row begins, bytes, and the line there, from 1. */
  offset: number;
  firstLine: number;
}

type Options = Pick<DatasetConfig["source"], "format" | "columns" | "header" | "quotes" | "extraColumns">;

/** Records looked at to find out how a file is written. */
const sampleRecords = 100;

/**
 * Makes a file of the list readable from any row on: a plain text file stays where it is; others are downloaded, unpacked,
 * converted, into `folder` and once, as long as they do not change.
 *
 * @returns null for an empty file
 * @throws LeyendaError SOURCE_MISSING or SOURCE_INVALID
 */
export async function bringFile(
  file: SourceFile,
  folder: string,
  options: Options,
): Promise<PlainFile | null> {
  const { name } = file;
  if (file.kind === "remote") await mkdir(folder, { recursive: true });
  const found =
    file.kind === "local" ? { path: name, version: file.version } : await downloadFile(file, folder);
  const version = found.version ?? "";
  let path = found.path;
  let inner = file.kind === "local" ? basename(name) : file.fileName;
  let head = await readHead(path);
  const unpacked: string[] = [];
  for (let packing = packingOf(head); packing !== null; packing = packingOf(head)) {
    unpacked.push(packing);
    inner = inner.replace(/\.(gz|gzip|zst|zstd)$/i, "");
    const plain = await copyPath(folder, [name, version, ...unpacked], inner);
    if (!(await exists(plain))) await unpackFile(path, plain, packing, name);
    path = plain;
    head = await readHead(path);
  }
  if (head.length === 0) return null;
  const mark = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const text = head.subarray(mark);
  const final = head.length <= headBytes;
  const format = options.format ?? judgeFormat(inner, text, sample(text, final, null));
  if (format === "parquet") {
    const { openParquet } = await import("./convert-parquet.js");
    const { layout, convert } = await openParquet(path, name, options);
    const copy = await copyPath(
      folder,
      [name, version, ...unpacked, JSON.stringify(layout)],
      `${inner}.jsonl`,
    );
    if (!(await exists(copy))) await convert(copy);
    return { name, path: copy, layout, offset: 0, firstLine: 1 };
  }
  const delimiter = format === "tsv" || format === "csv" ? (format === "tsv" ? 0x09 : 0x2c) : null;
  const quotes = delimiter !== null && (options.quotes ?? format === "csv");
  const records = sample(text, final, quotes ? delimiter : null);
  const { layout, header } = resolveLayout({ name, format, source: options, records });
  requireRow(name, layout, header ? records.slice(1) : records);
  if (!header) return { name, path, layout, offset: mark, firstLine: 1 };
  const end = findRecordEnd(text, 0, text.length, final, quotingDelimiter(layout));
  return { name, path, layout, offset: mark + end, firstLine: 1 + countLines(text.subarray(0, end)) };
}

/** As much as the longest record, and a byte to tell whether more comes. */
const headBytes = maxRecordBytes;

async function readHead(path: string): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(headBytes + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The first records, without their line ends. */
function sample(head: Buffer, final: boolean, delimiter: number | null): string[] {
  const records: string[] = [];
  let start = 0;
  while (start < head.length && records.length < sampleRecords) {
    const end = findRecordEnd(head, start, head.length, final, delimiter);
    // A record longer than the head is no row, whatever it is.
    if (end === -1) break;
    records.push(head.toString("utf8", start, end).replace(/\r?\n$/, ""));
    start = end;
  }
  return records;
}

/** @throws LeyendaError SOURCE_INVALID when none of the first records is a row: the file is something else */
function requireRow(name: string, layout: Layout, records: readonly string[]): void {
  const [first] = records;
  if (first === undefined) return;
  const parsed = records.map((record) => parseRecord(record, layout));
  if (parsed.some(({ problem }) => problem === undefined)) return;
  throw new LeyendaError(
    "SOURCE_INVALID",
    `none of its first ${records.length} rows can be read: ${parsed[0]?.problem}`,
    {
      where: `${name}:1`,
      expected: "rows of a URL and a caption",
      hint: "see source.format, source.columns and source.quotes",
    },
  );
}

async function copyPath(folder: string, key: readonly string[], name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return join(folder, `${digest(...key)}-${name}`);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
