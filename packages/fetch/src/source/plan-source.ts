import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import { isErrno, LeyendaError } from "@leyenda/core";

/** A run of consecutive lines of the list. */
export interface SourcePart {
  /** Line number of its first row, from 1. */
  firstLine: number;
  rows: number;
  /** Where it lies in the file, bytes. */
  offset: number;
  bytes: number;
  /** SHA-256 of those bytes. */
  sha256: string;
}

export interface SourceOptions {
  path: string;
  rowsPerPart: number;
  maxRows: number | null;
}

const newline = 0x0a;

/**
 * Cuts a list into parts by reading it through once, in constant memory. A row is a line; the last one may lack its
 * newline.
 *
 * @throws LeyendaError SOURCE_MISSING, or SOURCE_INVALID when the list has no row
 */
export async function planSource({ path, rowsPerPart, maxRows }: SourceOptions): Promise<SourcePart[]> {
  await requireFile(path);
  const parts: SourcePart[] = [];
  let open: { part: Omit<SourcePart, "sha256">; hash: Hash } | undefined;
  let line = 0;
  let position = 0;
  const limit = maxRows ?? Number.POSITIVE_INFINITY;
  const close = (): void => {
    if (open !== undefined) parts.push({ ...open.part, sha256: open.hash.digest("hex") });
    open = undefined;
  };
  let lineIsOpen = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let start = 0;
    while (start < chunk.length && (lineIsOpen || line < limit)) {
      open ??= {
        part: { firstLine: line + 1, rows: 0, offset: position, bytes: 0 },
        hash: createHash("sha256"),
      };
      if (!lineIsOpen) {
        line += 1;
        open.part.rows += 1;
        lineIsOpen = true;
      }
      const found = chunk.indexOf(newline, start);
      const end = found === -1 ? chunk.length : found + 1;
      open.hash.update(chunk.subarray(start, end));
      open.part.bytes += end - start;
      position += end - start;
      start = end;
      lineIsOpen = found === -1;
      if (!lineIsOpen && open.part.rows === rowsPerPart) close();
    }
    if (!lineIsOpen && line >= limit) break;
  }
  close();
  if (parts.length === 0) {
    throw new LeyendaError("SOURCE_INVALID", "the list of rows is empty", {
      where: path,
      expected: "a line for each row: url, tab, caption",
    });
  }
  return parts;
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  });
  if (found?.isFile() !== true) {
    throw new LeyendaError(
      "SOURCE_MISSING",
      found === null ? "there is no such list of rows" : "the list is no file",
      {
        where: path,
        expected: "a tab-separated text file",
        hint: "set source.path in the dataset config; for Conceptual 12M see datasets/cc12m-es/README.md",
      },
    );
  }
}
