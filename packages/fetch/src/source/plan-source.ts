import { createHash, type Hash } from "node:crypto";

import { hashJson, LeyendaError } from "@leyenda/core";

import type { PlainFile } from "./bring-file.js";
import { countLines } from "./count-lines.js";
import { quotingDelimiter } from "./layout.js";
import { scanRecords } from "./scan-records.js";
import type { SourceSlice } from "./source-part.js";

export interface PlannedPart {
  /** Place of its first row in the list, from 1. */
  firstRow: number;
  rows: number;
  /** Hash of the rows' bytes and of how they are read. */
  inputHash: string;
  slices: SourceSlice[];
}

export interface PlanOptions {
  rowsPerPart: number;
  maxRows: number | null;
}

/**
 * Cuts the files of a list into parts of consecutive rows by reading them through once, in constant memory and without
 * making strings of them. A part may span files. No file is asked for beyond the last row wanted.
 *
 * @param path what the list is called, for errors
 * @throws LeyendaError SOURCE_INVALID when the list has no row
 */
export async function planSource(
  path: string,
  files: AsyncIterable<PlainFile>,
  { rowsPerPart, maxRows }: PlanOptions,
): Promise<PlannedPart[]> {
  const cutter = new PartCutter(rowsPerPart, maxRows ?? Number.POSITIVE_INFINITY);
  let number = 0;
  for await (const file of files) {
    await cutFile(file, number, cutter);
    if (cutter.full) break;
    number += 1;
  }
  const parts = cutter.finish();
  if (parts.length === 0) {
    throw new LeyendaError("SOURCE_INVALID", "the list of rows is empty", {
      where: path,
      expected: "at least one row",
    });
  }
  return parts;
}

async function cutFile(file: PlainFile, number: number, cutter: PartCutter): Promise<void> {
  const delimiter = quotingDelimiter(file.layout);
  let line = file.firstLine;
  cutter.startFile(file, number);
  for await (const { bytes, offset, ends, continued } of scanRecords(file.path, {
    start: file.offset,
    delimiter,
  })) {
    // Of bytes, those before `taken` are in a part, hashed or about to be.
    let taken = 0;
    let start = 0;
    for (const [index, end] of ends.entries()) {
      if (index > 0 || !continued) {
        if (cutter.full) {
          cutter.take(bytes.subarray(taken, start));
          cutter.endFile();
          return;
        }
        if (cutter.needsSlice) {
          cutter.take(bytes.subarray(taken, start));
          taken = start;
          cutter.openSlice(offset + start, line);
        }
        cutter.countRow();
        line += delimiter === null ? 1 : countLines(bytes.subarray(start, end));
      }
      start = end;
    }
    cutter.take(bytes.subarray(taken));
  }
  cutter.endFile();
}

/** Collects rows into slices and slices into parts. A part is closed when the next row comes. */
class PartCutter {
  readonly #rowsPerPart: number;
  readonly #maxRows: number;
  readonly #parts: PlannedPart[] = [];
  #rows = 0;
  #file: { layoutHash: string; number: number } = { layoutHash: "", number: 0 };
  #part: { firstRow: number; rows: number; slices: SourceSlice[]; hashes: string[] } | undefined;
  #slice: { slice: Omit<SourceSlice, "sha256">; hash: Hash } | undefined;

  constructor(rowsPerPart: number, maxRows: number) {
    this.#rowsPerPart = rowsPerPart;
    this.#maxRows = maxRows;
  }

  get full(): boolean {
    return this.#rows >= this.#maxRows;
  }

  /** Whether the next row begins a slice: it is the first of its part or file. */
  get needsSlice(): boolean {
    return this.#slice === undefined || this.#part?.rows === this.#rowsPerPart;
  }

  startFile({ layout }: PlainFile, number: number): void {
    this.#file = { layoutHash: hashJson(layout), number };
  }

  openSlice(offset: number, firstLine: number): void {
    this.endFile();
    if (this.#part?.rows === this.#rowsPerPart) this.#closePart();
    this.#part ??= { firstRow: this.#rows + 1, rows: 0, slices: [], hashes: [] };
    const slice = { file: this.#file.number, firstLine, rows: 0, offset, bytes: 0 };
    this.#slice = { slice, hash: createHash("sha256") };
  }

  countRow(): void {
    if (this.#part === undefined || this.#slice === undefined) throw new Error("there is no open slice");
    this.#rows += 1;
    this.#part.rows += 1;
    this.#slice.slice.rows += 1;
  }

  /** Bytes of the rows of the open slice. */
  take(bytes: Buffer): void {
    if (this.#slice === undefined || bytes.length === 0) return;
    this.#slice.hash.update(bytes);
    this.#slice.slice.bytes += bytes.length;
  }

  endFile(): void {
    if (this.#slice === undefined || this.#part === undefined) return;
    const sha256 = this.#slice.hash.digest("hex");
    this.#part.slices.push({ ...this.#slice.slice, sha256 });
    this.#part.hashes.push(this.#file.layoutHash, sha256);
    this.#slice = undefined;
  }

  finish(): PlannedPart[] {
    this.endFile();
    if (this.#part !== undefined) this.#closePart();
    return this.#parts;
  }

  #closePart(): void {
    if (this.#part === undefined) return;
    const { hashes, ...part } = this.#part;
    this.#parts.push({ ...part, inputHash: hashJson(hashes) });
    this.#part = undefined;
  }
}
