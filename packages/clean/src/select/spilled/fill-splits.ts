import { sortRows, type Words } from "@leyenda/core";

import { compareCells } from "../compare-cells.js";
import { notEnough } from "../not-enough.js";
import { placeTaker } from "../place-taker.js";
import { openCode, reasonCode, verdictCode } from "../selection-table.js";
import { columnOf, type RecordSpill } from "./record-spill.js";
import type { VerdictSpill } from "./verdict-spill.js";

/** A row that may be chosen: rank (2), key (4), body (2), part, row, lane (its split's code). */
export const rankedWords = 11;
const [keyAt, bodyAt, partAt, rowAt, laneAt] = [2, 6, 8, 9, 10];

const [train, validation, duplicate] = [
  verdictCode("train"),
  verdictCode("validation"),
  verdictCode("duplicate"),
];

/** Which partition a rank belongs to: ranks ascend with partitions. */
export function rankPartition(high: number, partitions: number): number {
  return Math.floor((high / 2 ** 32) * partitions);
}

/**
 * Fills both splits as `selectRows` does, and gives all ranked rows their verdicts.
 *
 * @param ranked by `rankPartition`
 * @throws LeyendaError NOT_ENOUGH_ROWS
 */
export async function fillSplits(
  ranked: RecordSpill,
  wanted: { train: number; validation: number },
  verdicts: VerdictSpill,
  pause: () => Promise<void>,
): Promise<void> {
  const { partitions } = ranked;
  const places = placeTaker(wanted);
  /** By partition: the codes of its rows, in the order of their ranks. */
  const codes: Uint8Array[] = [];
  let eligible = 0;
  for (let partition = 0; partition < partitions; partition += 1) {
    await pause();
    const rows = readRanked(ranked, partition);
    const { words, order } = rows;
    const own = new Uint8Array(order.length);
    codes.push(own);
    for (const [place, row] of order.entries()) {
      if (rows.repeats[place] === 1) own[place] = duplicate;
      else {
        eligible += 1;
        places.take(own, place, words[row * rankedWords + laneAt] ?? 0);
      }
    }
  }
  if (eligible < wanted.train + wanted.validation) throw notEnough(eligible, wanted);
  for (let partition = partitions - 1; places.left > 0 && partition >= 0; partition -= 1) {
    const own = codes[partition] ?? new Uint8Array();
    for (let place = own.length - 1; places.left > 0 && place >= 0; place -= 1) {
      places.take(own, place, validation);
      places.take(own, place, train);
    }
  }
  const next = [0, 0, 0];
  for (let partition = 0; partition < partitions; partition += 1) {
    await pause();
    const { words, order } = readRanked(ranked, partition);
    for (const [place, row] of order.entries()) {
      const at = row * rankedWords;
      const verdict = codes[partition]?.[place] ?? openCode;
      const position = next[verdict] ?? 0;
      if (verdict === train || verdict === validation) next[verdict] = position + 1;
      verdicts.add({
        part: words[at + partAt] ?? 0,
        row: words[at + rowAt] ?? 0,
        keys: words,
        // Of equal keys it is the same, whichever row was kept.
        key: at + keyAt,
        verdict,
        reason: verdict === duplicate ? reasonCode("key") : 0,
        position,
      });
    }
  }
}

interface RankedRows {
  words: Uint32Array;
  /** Row numbers by rank. */
  order: Uint32Array;
  /** By place in `order`: 1 where the row before has the same key. */
  repeats: Uint8Array;
}

/** Equal keys have equal ranks: they are in one partition, and beside each other. */
function readRanked(spill: RecordSpill, partition: number): RankedRows {
  const words = spill.read(partition);
  const count = words.length / rankedWords;
  const ranks: Words = { high: columnOf(words, rankedWords, 0), low: columnOf(words, rankedWords, 1) };
  const keys = new Uint8Array(count * 16);
  const keyWords = new Uint32Array(keys.buffer);
  for (let row = 0; row < count; row += 1)
    for (let word = 0; word < 4; word += 1)
      keyWords[row * 4 + word] = words[row * rankedWords + keyAt + word] ?? 0;
  const difference = (a: number, b: number, word: number): number =>
    (words[a * rankedWords + word] ?? 0) - (words[b * rankedWords + word] ?? 0);
  const compare = (a: number, b: number): number =>
    compareCells(keys, a, keys, b) ||
    difference(a, b, bodyAt) ||
    difference(a, b, bodyAt + 1) ||
    difference(a, b, partAt) ||
    difference(a, b, rowAt);
  const order = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) order[row] = row;
  sortRows(order, ranks, new Uint32Array(count), compare);
  const repeats = new Uint8Array(count);
  for (let place = 1; place < count; place += 1)
    if (compareCells(keys, order[place - 1] ?? 0, keys, order[place] ?? 0) === 0) repeats[place] = 1;
  return { words, order, repeats };
}
