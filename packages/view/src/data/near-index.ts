import type { ArrowFile } from "../arrow/arrow-file.js";
import type { ArrowFiles } from "../arrow/arrow-files.js";
import type { ListPart } from "./open-dataset.js";
import type { Segments } from "./segments.js";

/** An entry: the key's first 32 bits, then 0 for who was kept and 1 for who was left out, then 31 bits of the row. */
const prefixShift = 32n;
const leftOutBit = 1n << 31n;
const rowMask = leftOutBit - 1n;

/**
 * Which rows of the list were found to be the same picture: for each cluster, the row that was kept and those that were left out
 * for it, by the first 32 bits of the kept row's key. Clusters are not written down as such anywhere, so the first who asks has
 * all verdicts read, twice: for who was left out, and for who was kept. 8 bytes a row in a cluster; another row with the same
 * 32 bits may be among the answers.
 */
export class NearIndex {
  readonly #files: ArrowFiles;
  readonly #parts: Segments<ListPart>;
  #entries = new BigUint64Array();
  #partsRead = 0;
  #building: Promise<void> | undefined;
  #isReady = false;

  constructor(files: ArrowFiles, parts: Segments<ListPart>) {
    this.#files = files;
    this.#parts = parts;
  }

  /** Share of the index that is there, 0 to 1. */
  get progress(): number {
    return this.#isReady ? 1 : this.#partsRead / (2 * Math.max(this.#parts.items.length, 1));
  }

  /** Starts to build it if it is not there; where that failed, it is tried again. */
  build(signal: AbortSignal): Promise<void> {
    return (this.#building ??= this.#build(signal).catch((error: unknown) => {
      this.#building = undefined;
      throw error;
    }));
  }

  /** Rows of the list, from 0, that may be in the cluster of a key, the kept one first; empty until the index is there. */
  candidates(keptKey: string): number[] {
    const [from, to] = rangeOf(this.#entries, Number.parseInt(keptKey.slice(0, 8), 16));
    return [...this.#entries.subarray(from, to)].map((entry) => Number(entry & rowMask));
  }

  async #build(signal: AbortSignal): Promise<void> {
    const leftOut = new EntryList();
    this.#partsRead = 0;
    await this.#throughVerdicts("kept_key", signal, (prefix, row) => {
      leftOut.add(prefix, leftOutBit | BigInt(row));
    });
    const sorted = leftOut.sorted();
    const kept = new EntryList();
    await this.#throughVerdicts("key", signal, (prefix, row) => {
      const [from, to] = rangeOf(sorted, prefix);
      if (to > from) kept.add(prefix, BigInt(row));
    });
    const all = new BigUint64Array(sorted.length + kept.length);
    all.set(sorted);
    all.set(kept.sorted(), sorted.length);
    this.#entries = all.sort();
    this.#isReady = true;
  }

  async #throughVerdicts(
    column: "kept_key" | "key",
    signal: AbortSignal,
    visit: (prefix: number, row: number) => void,
  ): Promise<void> {
    let start = 0;
    for (const part of this.#parts.items) {
      signal.throwIfAborted();
      const first = start;
      const read = (file: ArrowFile): Promise<void> => visitKeys(file, column, (prefix, row) => { visit(prefix, first + row); });
      if (part.selected !== null) await this.#files.use(part.selected, read, { keep: false });
      start += part.rows;
      this.#partsRead += 1;
    }
  }
}

/** Gives the first 32 bits of a column's keys, where they are, with the row of the part; without a string for each. */
async function visitKeys(
  file: ArrowFile,
  column: string,
  visit: (prefix: number, row: number) => void,
): Promise<void> {
  for (const batch of file.index.batches) {
    const values = await file.columns(batch, ["row", column]);
    const [rows, keys] = [values.get("row")?.data[0], values.get(column)?.data[0]];
    if (rows === undefined || keys === undefined) continue;
    const bytes = keys.values as Uint8Array;
    const offsets = keys.valueOffsets as Int32Array;
    for (let index = 0; index < batch.rows; index += 1) {
      const [from, to] = [offsets[index] ?? 0, offsets[index + 1] ?? 0];
      // Where it is null, it is empty.
      if (to - from >= 8) visit(parsePrefix(bytes, from), Number((rows.values as Uint32Array)[index]));
    }
  }
}

function parsePrefix(bytes: Uint8Array, from: number): number {
  let prefix = 0;
  for (let index = from; index < from + 8; index += 1) {
    const digit = bytes[index] ?? 0;
    // "0" to "9" are 0x30 to 0x39, "a" to "f" 0x61 to 0x66.
    prefix = prefix * 16 + (digit < 0x40 ? digit - 0x30 : digit - 0x57);
  }
  return prefix;
}

/** Entries with a prefix: from, and up to. */
function rangeOf(entries: BigUint64Array, prefix: number): [number, number] {
  const from = lowerBound(entries, BigInt(prefix) << prefixShift);
  return [from, lowerBound(entries, (BigInt(prefix) + 1n) << prefixShift)];
}

function lowerBound(entries: BigUint64Array, value: bigint): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] ?? 0n) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

class EntryList {
  #entries = new BigUint64Array(1024);
  length = 0;

  add(prefix: number, rest: bigint): void {
    if (this.length === this.#entries.length) {
      const larger = new BigUint64Array(this.length * 2);
      larger.set(this.#entries);
      this.#entries = larger;
    }
    this.#entries[this.length] = (BigInt(prefix) << prefixShift) | rest;
    this.length += 1;
  }

  sorted(): BigUint64Array<ArrayBuffer> {
    return this.#entries.slice(0, this.length).sort();
  }
}
