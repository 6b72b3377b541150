import { LeyendaError, type Verdict } from "@leyenda/core";

import { compareCells } from "./compare-cells.js";
import { findClusters } from "./find-clusters.js";
import { rankRows } from "./rank-rows.js";
import { sortRows } from "./sort-rows.js";

/** The rows to choose from, in typed arrays: 32 bytes a row. */
export interface SelectionTable {
  /** 16 bytes a row. */
  keys: Uint8Array;
  /** 16 bytes a row: the first half of SHA-256 of the original body. */
  hashes: Uint8Array;
}

export interface SelectionOptions {
  train: number;
  validation: number;
  seed: string;
  /** Rows under which one picture must be found to be a placeholder; 0 keeps such pictures. */
  placeholderUrls: number;
}

/** Every row's verdict, by row. */
export interface Selection {
  verdict: (row: number) => Verdict;
  /** Place in its split, from 0; null for rows in no split. */
  position: (row: number) => number | null;
  /** The row that was kept instead of a duplicate; null for others. */
  keptRow: (row: number) => number | null;
}

const verdicts = [
  "reserve",
  "train",
  "validation",
  "duplicate",
  "placeholder",
] as const satisfies readonly Verdict[];
const [reserve, train, validation, duplicate, placeholder] = [0, 1, 2, 3, 4];

/**
 * Drops duplicates and placeholders and fills both splits exactly.
 *
 * A cluster of equal pictures keeps its smallest key, and a key that is there twice is used once. Every row's rank and lane
 * (train or validation candidate) follow from its own key and the seed; each split takes the first of its lane by rank. A
 * row therefore never changes sides when others come or go. Only a lane that is too short is filled, from the far end of the
 * other's reserve. Places within a split follow the rank: a shuffle that is the same every time, whatever the order of rows.
 *
 * @throws LeyendaError NOT_ENOUGH_ROWS, saying how many are missing
 */
export function selectRows({ keys, hashes }: SelectionTable, options: SelectionOptions): Selection {
  const count = keys.length / 16;
  if (keys.length % 16 !== 0 || keys.length !== hashes.length) {
    throw new RangeError(
      `keys and hashes must have 16 bytes a row each; they have ${keys.length} and ${hashes.length} in all`,
    );
  }
  const codes = new Uint8Array(count);
  const kept = new Uint32Array(count);
  markClusters(keys, hashes, options.placeholderUrls, codes, kept);

  const wanted = options.train + options.validation;
  const ranks = rankRows(keys, options.seed, wanted === 0 ? 0 : options.validation / wanted);
  const ranked = rowsWith(codes, reserve);
  sortRows(ranked, ranks, (a, b) => compareCells(keys, a, b) || compareCells(hashes, a, b) || a - b);
  const order = dropRepeatedKeys(ranked, keys, codes, kept);
  if (order.length < wanted) throw notEnough(order.length, options);
  fillSplits(order, ranks.validationLane, options, codes);

  const positions = new Uint32Array(count);
  const places = [0, 0, 0];
  for (const row of order) {
    const code = codes[row] ?? reserve;
    if (code === train || code === validation) {
      const place = places[code] ?? 0;
      positions[row] = place;
      places[code] = place + 1;
    }
  }
  return {
    verdict: (row) => verdicts[codes[row] ?? reserve] ?? "reserve",
    position: (row) => (codes[row] === train || codes[row] === validation ? (positions[row] ?? null) : null),
    keptRow: (row) => {
      if (codes[row] !== duplicate) return null;
      const keeper = kept[row] ?? row;
      // The keeper of a cluster may itself have been dropped for its key, which is then used by another row.
      return codes[keeper] === duplicate ? (kept[keeper] ?? null) : keeper;
    },
  };
}

function markClusters(
  keys: Uint8Array,
  hashes: Uint8Array,
  placeholderUrls: number,
  codes: Uint8Array,
  kept: Uint32Array,
): void {
  const { order, starts } = findClusters(hashes);
  for (let cluster = 0; cluster + 1 < starts.length; cluster += 1) {
    const members = order.subarray(starts[cluster], starts[cluster + 1]);
    if (members.length === 1) continue;
    if (placeholderUrls > 0 && members.length >= placeholderUrls) {
      for (const row of members) codes[row] = placeholder;
      continue;
    }
    // Members are in ascending order: of equal keys (a row listed twice) the first one stays.
    const keeper = members.reduce((best, row) => (compareCells(keys, row, best) < 0 ? row : best));
    for (const row of members) {
      if (row === keeper) continue;
      codes[row] = duplicate;
      kept[row] = keeper;
    }
  }
}

function rowsWith(codes: Uint8Array, wanted: number): Uint32Array {
  const rows = new Uint32Array(codes.reduce((sum, code) => sum + (code === wanted ? 1 : 0), 0));
  let next = 0;
  codes.forEach((code, row) => {
    if (code === wanted) rows[next++] = row;
  });
  return rows;
}

/**
 * A row that the list has twice may bring two pictures, where the address does not always answer the same. Equal keys have
 * equal ranks: they are neighbours.
 *
 * @param order rows by rank, and by key where ranks are equal
 * @returns its rows with different keys
 */
function dropRepeatedKeys(
  order: Uint32Array,
  keys: Uint8Array,
  codes: Uint8Array,
  kept: Uint32Array,
): Uint32Array {
  let end = 0;
  for (const row of order) {
    const last = order[end - 1];
    if (last !== undefined && compareCells(keys, last, row) === 0) {
      codes[row] = duplicate;
      kept[row] = last;
    } else {
      order[end++] = row;
    }
  }
  return order.subarray(0, end);
}

/** @param order eligible rows by rank */
function fillSplits(
  order: Uint32Array,
  validationLane: Uint8Array,
  options: SelectionOptions,
  codes: Uint8Array,
): void {
  const left = [0, options.train, options.validation];
  const take = (row: number, split: number): void => {
    if ((left[split] ?? 0) === 0 || codes[row] !== reserve) return;
    codes[row] = split;
    left[split] = (left[split] ?? 0) - 1;
  };
  for (const row of order) take(row, validationLane[row] === 1 ? validation : train);
  for (let place = order.length - 1; place >= 0; place -= 1) {
    const row = order[place] ?? 0;
    take(row, validation);
    take(row, train);
  }
}

function notEnough(
  eligible: number,
  { train: wantedTrain, validation: wantedValidation }: SelectionOptions,
): LeyendaError {
  const wanted = wantedTrain + wantedValidation;
  return new LeyendaError(
    "NOT_ENOUGH_ROWS",
    `${wanted - eligible} rows are missing: ${wanted} are wanted (${wantedTrain} train, ${wantedValidation} validation), ` +
      `${eligible} good and different pictures are there`,
    {
      where: "select.train, select.validation",
      hint:
        eligible === 0
          ? "no picture is good: look at the outcomes of fetch and clean"
          : `use about ${(wanted / eligible).toFixed(2)} times as many rows of the list (source.maxRows, or a longer list), or want fewer`,
    },
  );
}
