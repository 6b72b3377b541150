import { findNeighbours, hashDistance, type Scratch } from "@leyenda/core";

import type { DuplicateOptions } from "./duplicate-options.js";
import { type Seed, seedOf } from "./find-seeds.js";
import { firstOpen, type Groups, hasHash } from "./group-rows.js";
import { MarkedRows } from "./marked-rows.js";
import { openCode, type SelectionTable, verdictCode } from "./selection-table.js";

export interface StruckGroups {
  marks: MarkedRows;
  /** 1 for the first open row of each group that stays and has hashes: it stands for the group. */
  leads: Uint8Array;
}

/**
 * Takes out the groups that are seeds, and those near to a seed or to a listed hash.
 *
 * @param seeds all that there are, also of other tables
 */
export function strikeGroups(
  table: SelectionTable,
  options: DuplicateOptions,
  groups: Groups,
  seeds: readonly Seed[],
  scratch: Scratch,
): StruckGroups {
  const { order } = groups;
  const marks = new MarkedRows(table);
  const leads = new Uint8Array(order.length);
  groups.forEach((start, end) => {
    const seed = seedOf(table, order, start, end, options.placeholderCaptions);
    if (seed === null) {
      const lead = firstOpen(table.verdicts, order, start, end);
      if (lead !== null && hasHash(table.phashes, lead)) leads[lead] = 1;
      return;
    }
    for (let place = start; place < end; place += 1) marks.strike(order[place] ?? 0, seed.verdict, seed.row);
  });
  strikeNeighbours(table, options, seeds, leads, scratch, marks);
  groups.forEach((start, end) => {
    const lead = firstOpen(table.verdicts, order, start, end);
    if (lead === null || marks.verdicts[lead] === openCode) return;
    leads[lead] = 0;
    for (let place = start; place < end; place += 1) marks.copy(lead, order[place] ?? 0);
  });
  return { marks, leads };
}

/** Takes out the leads that are near to a seed, or to a listed hash. */
function strikeNeighbours(
  { phashes, dhashes }: SelectionTable,
  { nearDuplicateBits: bits, excludedHashes }: DuplicateOptions,
  seeds: readonly Seed[],
  leads: Uint8Array,
  scratch: Scratch,
  marks: MarkedRows,
): void {
  if (excludedHashes !== undefined && excludedHashes.high.length > 0) {
    const excluded = verdictCode("excluded");
    findNeighbours(phashes, leads, excludedHashes, bits, scratch, (_, row, distance) => {
      marks.strikeNear(row, excluded, distance);
    });
  }
  if (bits === 0 || seeds.length === 0) return;
  const queries = {
    high: Uint32Array.from(seeds, ({ phash }) => phash.high),
    low: Uint32Array.from(seeds, ({ phash }) => phash.low),
  };
  findNeighbours(phashes, leads, queries, bits, scratch, (query, row, distance) => {
    const seed = seeds[query];
    if (seed === undefined) return;
    const { high, low } = seed.dhash;
    if (hashDistance(high, low, dhashes.high[row] ?? 0, dhashes.low[row] ?? 0) <= bits)
      marks.strikeNear(row, seed.verdict, distance);
  });
}
