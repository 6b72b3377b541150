import { findNearPairs, findNeighbours, hashDistance, type Scratch, type Words } from "@leyenda/core";

import { Clusters } from "./clusters.js";
import { groupRows, hasHash } from "./group-rows.js";
import { reasonCode, type SelectionTable, verdictCode } from "./selection-table.js";

export interface DuplicateOptions {
  /** Different captions under which one picture must be found to be a placeholder; 0 keeps such pictures. */
  placeholderCaptions: number;
  /** Bits in which both perceptual hashes of near duplicates may differ, 0 to 10; 0 compares bodies only. */
  nearDuplicateBits: number;
  /** DCT hashes of pictures that must not be chosen, nor pictures near to them. */
  excludedHashes?: Words;
}

/** What was found out about each row. */
export interface Marks {
  /** Codes of `verdicts` and of `reasons`. */
  verdicts: Uint8Array;
  reasons: Uint8Array;
  /** Bits in which DCT hashes differ, where the reason is `near`. */
  distances: Uint8Array;
  /** The row that was kept, for duplicates; the row itself for others. */
  kept: Uint32Array;
}

const open = 0;
const [duplicate, placeholder, excluded] = [
  verdictCode("duplicate"),
  verdictCode("placeholder"),
  verdictCode("excluded"),
];
const [exact, near] = [reasonCode("exact"), reasonCode("near")];

/**
 * Marks pictures that are excluded, placeholders and duplicates, in this order of precedence; rows that are out already stay as
 * they are.
 *
 * Rows are put into groups of the same picture (`groupRows`). A group with an excluded row is excluded, and one under many
 * captions is a placeholder; so is every picture near to one of those. The others are joined into clusters, near to near, of
 * which the smallest key stays: no two pictures that stay are near to each other.
 *
 * @param order as long as the table; it takes the rows, group by group
 * @param scratch the same, to work in
 */
export function markDuplicates(
  table: SelectionTable,
  options: DuplicateOptions,
  order: Uint32Array,
  scratch: Scratch,
): Marks {
  const { phashes, dhashes } = table;
  const bits = options.nearDuplicateBits;
  const marks = new MarkedRows(table);
  const forEachGroup = groupRows(table, bits > 0, order, scratch[0]);
  const seeds: Seed[] = [];
  /** 1 for the first open row of each group, which stands for the group. */
  const leads = new Uint8Array(order.length);
  forEachGroup((start, end) => {
    const seed = seedOf(order, start, end, table, options.placeholderCaptions);
    if (seed === null) {
      const lead = firstOpen(order, start, end, table.verdicts);
      if (lead !== null && hasHash(phashes, lead)) leads[lead] = 1;
      return;
    }
    for (let place = start; place < end; place += 1) marks.strike(order[place] ?? 0, seed.verdict, seed.row);
    if (hasHash(phashes, seed.row)) seeds.push(seed);
  });
  strikeNeighbours(table, options, seeds, leads, scratch, marks);

  const clusters = new Clusters(table.keys);
  forEachGroup((start, end) => {
    const lead = firstOpen(order, start, end, table.verdicts);
    if (lead === null) return;
    const struck = marks.verdicts[lead] !== open;
    if (struck) leads[lead] = 0;
    for (let place = start; place < end; place += 1) {
      const row = order[place] ?? 0;
      if (struck) marks.copy(lead, row);
      else if (marks.verdicts[row] === open) clusters.join(lead, row);
    }
  });
  if (bits > 0) {
    findNearPairs(phashes, leads, bits, scratch, (a, b) => {
      if (wordsDistance(dhashes, a, b) <= bits) clusters.join(a, b);
    });
  }
  const kept = clusters.keepers();
  for (let row = 0; row < kept.length; row += 1) {
    const keeper = kept[row] ?? row;
    if (keeper !== row) marks.strike(row, duplicate, keeper);
  }
  const { verdicts, reasons, distances } = marks;
  return { verdicts, reasons, distances, kept };
}

/** A row whose picture, and what is near to it, is out. */
interface Seed {
  row: number;
  verdict: number;
}

/** Verdicts as they are given, with their reasons. */
class MarkedRows {
  readonly verdicts: Uint8Array;
  readonly reasons: Uint8Array;
  readonly distances: Uint8Array;
  readonly #table: SelectionTable;

  constructor(table: SelectionTable) {
    this.#table = table;
    this.verdicts = table.verdicts.slice();
    this.reasons = table.reasons.slice();
    this.distances = new Uint8Array(table.verdicts.length);
  }

  /** Takes an open row out, for its likeness to another row. */
  strike(row: number, verdict: number, other: number): void {
    if (this.verdicts[row] !== open) return;
    const { bodies, phashes } = this.#table;
    const same = bodies.high[row] === bodies.high[other] && bodies.low[row] === bodies.low[other];
    this.verdicts[row] = verdict;
    this.reasons[row] = same ? exact : near;
    this.distances[row] = same ? 0 : wordsDistance(phashes, row, other);
  }

  /** Takes a row out as near to a picture: the higher verdict stands, and the smaller distance. */
  strikeNear(row: number, verdict: number, distance: number): void {
    const now = this.verdicts[row] ?? open;
    if (now > verdict || (now === verdict && (this.distances[row] ?? 0) <= distance)) return;
    this.verdicts[row] = verdict;
    this.reasons[row] = near;
    this.distances[row] = distance;
  }

  /** Gives an open row what another row of its group has. */
  copy(from: number, row: number): void {
    if (this.verdicts[row] !== open) return;
    this.verdicts[row] = this.verdicts[from] ?? open;
    this.reasons[row] = this.reasons[from] ?? 0;
    this.distances[row] = this.distances[from] ?? 0;
  }
}

/** @returns why a whole group is out, or null */
function seedOf(
  order: Uint32Array,
  start: number,
  end: number,
  { verdicts, captions }: SelectionTable,
  placeholderCaptions: number,
): Seed | null {
  for (let place = start; place < end; place += 1) {
    const row = order[place] ?? 0;
    if (verdicts[row] === excluded) return { row, verdict: excluded };
  }
  if (placeholderCaptions === 0 || end - start < placeholderCaptions) return null;
  const members = order.subarray(start, end).filter((row) => verdicts[row] === open);
  if (new Set(members.map((row) => captions[row] ?? 0)).size < placeholderCaptions) return null;
  return { row: members[0] ?? 0, verdict: placeholder };
}

function firstOpen(order: Uint32Array, start: number, end: number, verdicts: Uint8Array): number | null {
  for (let place = start; place < end; place += 1) {
    const row = order[place] ?? 0;
    if (verdicts[row] === open) return row;
  }
  return null;
}

/** Takes out the groups that are near to a seed, or to a listed hash, by their first open row. */
function strikeNeighbours(
  { phashes, dhashes }: SelectionTable,
  { nearDuplicateBits: bits, excludedHashes }: DuplicateOptions,
  seeds: readonly Seed[],
  leads: Uint8Array,
  scratch: Scratch,
  marks: MarkedRows,
): void {
  if (excludedHashes !== undefined && excludedHashes.high.length > 0) {
    findNeighbours(phashes, leads, excludedHashes, bits, scratch, (_, row, distance) => {
      marks.strikeNear(row, excluded, distance);
    });
  }
  if (bits === 0 || seeds.length === 0) return;
  const rows = Uint32Array.from(seeds, ({ row }) => row);
  const queries = {
    high: rows.map((row) => phashes.high[row] ?? 0),
    low: rows.map((row) => phashes.low[row] ?? 0),
  };
  findNeighbours(phashes, leads, queries, bits, scratch, (query, row, distance) => {
    const seed = seeds[query];
    if (seed !== undefined && wordsDistance(dhashes, seed.row, row) <= bits)
      marks.strikeNear(row, seed.verdict, distance);
  });
}

function wordsDistance({ high, low }: Words, a: number, b: number): number {
  return hashDistance(high[a] ?? 0, low[a] ?? 0, high[b] ?? 0, low[b] ?? 0);
}
