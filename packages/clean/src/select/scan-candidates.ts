import { join } from "node:path";

import { LeyendaError, type Manifest, readBatches, type Words } from "@leyenda/core";
import type { RecordBatch } from "apache-arrow";

import type { CaptionVerdict } from "./caption-rules.js";
import { type Exclusions, fullUrl } from "./read-exclusions.js";
import { reasonCode, selectionTable, type SelectionTable, verdictCode } from "./selection-table.js";

/** The rows that are `ok` in a record batch of a clean part. */
export interface CandidateBatch {
  /** Place among the manifest's parts. */
  part: number;
  /** Their row numbers in the part, ascending. */
  rows: Uint32Array;
  table: SelectionTable;
}

/** Candidates as they are read, part by part. */
export interface CandidateSource {
  batches: AsyncIterable<CandidateBatch>;
  /** Candidates in all. */
  rows: number;
  /** Rows of each part, candidates or not. */
  partRows: readonly number[];
}

export interface CandidateRules {
  /** What speaks against a caption; null asks nothing. */
  rules: ((caption: string) => CaptionVerdict | null) | null;
  exclusions: Exclusions;
  signal: AbortSignal;
}

const [excluded, byUrl, byKey, byBody] = [
  verdictCode("excluded"),
  reasonCode("url"),
  reasonCode("key"),
  reasonCode("exact"),
];

/**
 * What the selection needs of all clean parts, batch by batch, in order; `batches` can be read once. Rows on an exclusion list, and
 * rows whose captions break a rule, are out from the beginning.
 *
 * @throws LeyendaError DATA_CORRUPT while it is read, where rows are not those that the manifest counts
 */
export function scanCandidates(clean: Manifest, folder: string, rules: CandidateRules): CandidateSource {
  return {
    batches: batchesOf(clean, folder, rules),
    rows: clean.outcomes.ok ?? 0,
    partRows: clean.parts.map(({ rows }) => rows),
  };
}

async function* batchesOf(
  clean: Manifest,
  folder: string,
  { rules, exclusions, signal }: CandidateRules,
): AsyncGenerator<CandidateBatch, void, undefined> {
  const count = clean.outcomes.ok ?? 0;
  let found = 0;
  for (const [part, { files }] of clean.parts.entries()) {
    signal.throwIfAborted();
    const path = join(folder, files["rows.arrow"]?.name ?? "");
    let first = 0;
    for await (const batch of readBatches(path)) {
      const columns = columnsOf(batch, path);
      const rows = new Uint32Array(batch.numRows);
      let ok = 0;
      for (let index = 0; index < batch.numRows; index += 1)
        if (columns.outcome.isOk(index)) rows[ok++] = index;
      found += ok;
      if (found > count) throw corrupt(path, `more than ${count} rows are ok`);
      const table = selectionTable(ok);
      const takeRow = rowTaker(table, rules, exclusions);
      for (let row = 0; row < ok; row += 1) {
        takeRow(row, columns, rows[row] ?? 0);
        rows[row] = (rows[row] ?? 0) + first;
      }
      yield { part, rows: rows.subarray(0, ok), table };
      first += batch.numRows;
    }
  }
  if (found < count) throw corrupt(folder, `${found} rows are ok instead of ${count}`);
}

/** Writes a row of the columns into a row of the table. */
function rowTaker(
  table: SelectionTable,
  rules: CandidateRules["rules"],
  { urls, keys, bodies }: Exclusions,
): (row: number, columns: Columns, index: number) => void {
  const strike = (row: number, verdict: number, reason: number): void => {
    table.verdicts[row] = verdict;
    table.reasons[row] = reason;
  };
  const isListed = (url: string): boolean => urls.has(url) || urls.has(fullUrl(url));
  return (row, { key, url, caption, sha, phash, dhash }, index) => {
    key.hexInto(table.keys.subarray(row * 16, row * 16 + 16), index);
    sha.hexWords(table.bodies, row, index);
    phash.hexWords(table.phashes, row, index);
    dhash.hexWords(table.dhashes, row, index);
    table.captions[row] = caption.hash(index);
    if (urls.size > 0 && isListed(url.text(index))) strike(row, excluded, byUrl);
    else if (keys.size > 0 && keys.has(key.text(index))) strike(row, excluded, byKey);
    else if (bodies.size > 0 && bodies.has(sha.text(index))) strike(row, excluded, byBody);
    else if (rules !== null) {
      const verdict = rules(caption.text(index));
      if (verdict !== null) strike(row, verdictCode(verdict), 0);
    }
  };
}

interface Columns {
  outcome: TextColumn;
  key: TextColumn;
  url: TextColumn;
  caption: TextColumn;
  sha: TextColumn;
  phash: TextColumn;
  dhash: TextColumn;
}

function columnsOf(batch: RecordBatch, path: string): Columns {
  const column = (name: string): TextColumn => {
    const data = batch.getChild(name)?.data[0];
    if (data === undefined) throw corrupt(path, `there is no column ${name}`);
    return new TextColumn(data.values as Uint8Array, data.valueOffsets as Int32Array);
  };
  return {
    outcome: column("outcome"),
    key: column("key"),
    url: column("url"),
    caption: column("caption"),
    sha: column("source_sha256"),
    phash: column("phash"),
    dhash: column("dhash"),
  };
}

/** Value of each hex digit, by its character code. */
const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});

/** A text column's bytes, read without an object for each value. A null is an empty text. */
class TextColumn {
  readonly #bytes: Buffer;
  readonly #offsets: Int32Array;

  constructor(values: Uint8Array, offsets: Int32Array) {
    this.#bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    this.#offsets = offsets;
  }

  text(index: number): string {
    return this.#bytes.toString("utf8", this.#offsets[index], this.#offsets[index + 1]);
  }

  isOk(index: number): boolean {
    const start = this.#offsets[index] ?? 0;
    // "ok"
    return (
      this.#offsets[index + 1] === start + 2 && this.#bytes[start] === 0x6f && this.#bytes[start + 1] === 0x6b
    );
  }

  /** 32 bits of FNV-1a over the value's bytes. */
  hash(index: number): number {
    let hash = 0x811c9dc5;
    const end = this.#offsets[index + 1] ?? 0;
    for (let at = this.#offsets[index] ?? 0; at < end; at += 1)
      hash = Math.imul(hash ^ (this.#bytes[at] ?? 0), 0x01000193);
    return hash >>> 0;
  }

  hexInto(target: Uint8Array, index: number): void {
    const start = this.#offsets[index] ?? 0;
    for (let byte = 0; byte < target.length; byte += 1) target[byte] = this.#hexByte(start + byte * 2);
  }

  /** The first 16 hex digits of a value; 0 where there is none. */
  hexWords({ high, low }: Words, row: number, index: number): void {
    const start = this.#offsets[index] ?? 0;
    if ((this.#offsets[index + 1] ?? 0) - start < 16) return;
    high[row] = this.#hexWord(start);
    low[row] = this.#hexWord(start + 8);
  }

  #hexWord(at: number): number {
    let word = 0;
    for (let byte = 0; byte < 4; byte += 1) word = (word << 8) | this.#hexByte(at + byte * 2);
    return word;
  }

  #hexByte(at: number): number {
    return ((hexDigits[this.#bytes[at] ?? 0] ?? 0) << 4) | (hexDigits[this.#bytes[at + 1] ?? 0] ?? 0);
  }
}

function corrupt(where: string, what: string): LeyendaError {
  return new LeyendaError("DATA_CORRUPT", `the clean rows cannot be read: ${what}`, {
    where,
    expected: "the rows that the clean stage's manifest describes",
    hint: "delete the part's record in clean/ and run clean again",
  });
}
