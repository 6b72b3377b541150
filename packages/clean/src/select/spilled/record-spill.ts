import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

import { temporaryName } from "@leyenda/core";

export interface SpillOptions {
  partitions: number;
  /** Words of 32 bits of a record. */
  recordWords: number;
  /** Memory for what is not written yet, bytes. */
  bufferBytes: number;
}

/**
 * Records of a few words, laid aside on a disk in partitions: added in any order, read a partition at a time, in the order in
 * which they were added.
 *
 * One file without a name, which goes with the process however it ends. Partitions share it block by block, so that there may be
 * thousands. Disk calls are synchronous: nothing else is to be done meanwhile, and a promise for each record would be most of the
 * work.
 */
export class RecordSpill {
  readonly recordWords: number;
  readonly partitions: number;
  /** Where records are filled in: see `place`. */
  words: Uint32Array;
  readonly #fd: number;
  readonly #blockWords: number;
  /** For each partition, the numbers of its blocks in the file. */
  readonly #blocks: number[][];
  /** For each partition, the words of its buffer that are filled. */
  readonly #filled: Uint32Array;
  #blocksWritten = 0;
  #isOpen = true;

  constructor(folder: string, { partitions, recordWords, bufferBytes }: SpillOptions) {
    this.partitions = partitions;
    this.recordWords = recordWords;
    const records = Math.max(Math.floor(bufferBytes / partitions / (4 * recordWords)), 16);
    this.#blockWords = records * recordWords;
    this.words = new Uint32Array(partitions * this.#blockWords);
    this.#filled = new Uint32Array(partitions);
    this.#blocks = Array.from({ length: partitions }, () => []);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, temporaryName("spill"));
    this.#fd = openSync(path, "wx+");
    unlinkSync(path);
  }

  /** @returns where in `words` the next record of a partition is to be filled in, at once */
  place(partition: number): number {
    let filled = this.#filled[partition] ?? 0;
    if (filled === this.#blockWords) {
      this.#writeBlock(partition);
      filled = 0;
    }
    this.#filled[partition] = filled + this.recordWords;
    return partition * this.#blockWords + filled;
  }

  /** All records of a partition, one behind the other. */
  read(partition: number): Uint32Array {
    const blocks = this.#blocks[partition] ?? [];
    const filled = this.#filled[partition] ?? 0;
    const records = new Uint32Array(blocks.length * this.#blockWords + filled);
    for (const [index, block] of blocks.entries())
      this.#readBlock(block, records.subarray(index * this.#blockWords, (index + 1) * this.#blockWords));
    records.set(this.#buffer(partition).subarray(0, filled), blocks.length * this.#blockWords);
    return records;
  }

  /** Gives memory and disk back. A second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.words = new Uint32Array();
    closeSync(this.#fd);
  }

  #buffer(partition: number): Uint32Array {
    return this.words.subarray(partition * this.#blockWords, (partition + 1) * this.#blockWords);
  }

  #writeBlock(partition: number): void {
    const words = this.#buffer(partition);
    const start = this.#blocksWritten * words.byteLength;
    let done = 0;
    while (done < words.byteLength)
      done += writeSync(
        this.#fd,
        words as NodeJS.ArrayBufferView,
        done,
        words.byteLength - done,
        start + done,
      );
    this.#blocks[partition]?.push(this.#blocksWritten);
    this.#blocksWritten += 1;
  }

  #readBlock(block: number, words: Uint32Array): void {
    let done = 0;
    while (done < words.byteLength) {
      const read = readSync(this.#fd, words, done, words.byteLength - done, block * words.byteLength + done);
      if (read === 0) throw new Error("the file of records laid aside has become shorter");
      done += read;
    }
  }
}

/** A word of every record. */
export function columnOf(words: Uint32Array, recordWords: number, word: number): Uint32Array {
  const column = new Uint32Array(words.length / recordWords);
  for (let record = 0, at = word; record < column.length; record += 1, at += recordWords)
    column[record] = words[at] ?? 0;
  return column;
}
