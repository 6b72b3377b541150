import { sortRows } from "@leyenda/core";

import type { PartVerdicts } from "../part-verdicts.js";
import { openCode, reasonCode, reasons, verdictCode, verdicts } from "../selection-table.js";
import { columnOf, type RecordSpill } from "./record-spill.js";

/** Part, row, key (4), verdict with reason and distance, position, key that was kept (4). */
export const verdictWords = 12;

const [train, validation, duplicate] = [
  verdictCode("train"),
  verdictCode("validation"),
  verdictCode("duplicate"),
];
const near = reasonCode("near");

/** What was found out about a row. Keys are four words of `keys` from a place on. */
export interface RowVerdict {
  part: number;
  row: number;
  keys: Uint32Array;
  key: number;
  verdict: number;
  reason?: number;
  distance?: number;
  position?: number;
  kept?: { keys: Uint32Array; key: number };
}

/** Verdicts in any order, to be read part by part. */
export class VerdictSpill {
  readonly #spill: RecordSpill;
  readonly #partsPerPartition: number;

  constructor(spill: RecordSpill, parts: number) {
    this.#spill = spill;
    this.#partsPerPartition = Math.max(Math.ceil(parts / spill.partitions), 1);
  }

  add({
    part,
    row,
    keys,
    key,
    verdict,
    reason = 0,
    distance = 0,
    position = 0,
    kept = { keys, key },
  }: RowVerdict): void {
    const at = this.#spill.place(Math.floor(part / this.#partsPerPartition));
    const { words } = this.#spill;
    words[at] = part;
    words[at + 1] = row;
    words[at + 6] = verdict | (reason << 8) | (distance << 16);
    words[at + 7] = position;
    for (let word = 0; word < 4; word += 1) {
      words[at + 2 + word] = keys[key + word] ?? 0;
      words[at + 8 + word] = kept.keys[kept.key + word] ?? 0;
    }
  }

  /** @param parts how many there are, with those that no verdict was given of */
  *read(parts: number): Generator<PartVerdicts, void, undefined> {
    let part = 0;
    for (let partition = 0; partition < this.#spill.partitions && part < parts; partition += 1) {
      const words = this.#spill.read(partition);
      const order = sortedByRow(words);
      let start = 0;
      const last = Math.min((partition + 1) * this.#partsPerPartition, parts);
      for (; part < last; part += 1) {
        let end = start;
        while (end < order.length && words[(order[end] ?? 0) * verdictWords] === part) end += 1;
        yield partVerdicts(words, order.subarray(start, end));
        start = end;
      }
    }
  }
}

function sortedByRow(words: Uint32Array): Uint32Array {
  const count = words.length / verdictWords;
  const order = new Uint32Array(count);
  for (let record = 0; record < count; record += 1) order[record] = record;
  const places = { high: columnOf(words, verdictWords, 0), low: columnOf(words, verdictWords, 1) };
  sortRows(order, places, new Uint32Array(count), (a, b) => a - b);
  return order;
}

function partVerdicts(words: Uint32Array, order: Uint32Array): PartVerdicts {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  const word = (index: number, offset: number): number =>
    words[(order[index] ?? 0) * verdictWords + offset] ?? 0;
  const hex = (index: number, offset: number): string => {
    const at = ((order[index] ?? 0) * verdictWords + offset) * 4;
    return bytes.toString("hex", at, at + 16);
  };
  const verdictOf = (index: number): number => word(index, 6) & 0xff;
  const reasonOf = (index: number): number => (word(index, 6) >>> 8) & 0xff;
  const isChosen = (verdict: number): boolean => verdict === train || verdict === validation;
  return {
    rows: order.map((_, index) => word(index, 1)),
    key: (index) => hex(index, 2),
    verdict: (index) => verdicts[verdictOf(index)] ?? verdicts[openCode],
    position: (index) => (isChosen(verdictOf(index)) ? word(index, 7) : null),
    kept: (index) => (verdictOf(index) === duplicate ? hex(index, 8) : null),
    reason: (index) => reasons[reasonOf(index)] ?? null,
    distance: (index) => (reasonOf(index) === near ? word(index, 6) >>> 16 : null),
  };
}
