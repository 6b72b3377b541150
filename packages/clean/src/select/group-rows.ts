import { sortRows, type Words } from "@leyenda/core";

import { openCode, type SelectionTable } from "./selection-table.js";

/** Rows, those of the same picture beside each other. */
export interface Groups {
  /** Row numbers, group by group and ascending within each. */
  order: Uint32Array;
  /** Calls `onGroup` for each group, with its first place in `order` and the place after its last. */
  forEach: (onGroup: (start: number, end: number) => void) => void;
}

/**
 * Puts rows of the same picture beside each other: those with the same two perceptual hashes, and among rows without hashes
 * those with the same body.
 *
 * @param byHashes false goes by the body for all rows
 * @param order takes the row numbers, group by group and ascending within each
 * @param spare as long as `order`; what it holds is lost
 */
export function groupRows(
  { phashes, dhashes, bodies }: SelectionTable,
  byHashes: boolean,
  order: Uint32Array,
  spare: Uint32Array,
): Groups {
  const hashed = (row: number): boolean => byHashes && hasHash(phashes, row);
  let withHash = 0;
  for (let row = 0; row < order.length; row += 1) if (hashed(row)) withHash += 1;
  let [next, nextHashed] = [0, order.length - withHash];
  for (let row = 0; row < order.length; row += 1) order[hashed(row) ? nextHashed++ : next++] = row;

  const compare = (a: number, b: number): number =>
    compareWords(phashes, a, b) || compareWords(dhashes, a, b);
  const [plain, looked] = [order.subarray(0, next), order.subarray(next)];
  // A body of 64 bits and both hashes: rows that share them all share their bytes.
  sortRows(plain, bodies, spare.subarray(0, plain.length), (a, b) => compare(a, b) || a - b);
  sortRows(looked, phashes, spare.subarray(0, looked.length), (a, b) => compare(a, b) || a - b);

  const same = (a: number, b: number): boolean =>
    hashed(a) === hashed(b) && (hashed(a) || compareWords(bodies, a, b) === 0) && compare(a, b) === 0;
  const forEach: Groups["forEach"] = (onGroup) => {
    for (let start = 0; start < order.length;) {
      const first = order[start] ?? 0;
      let end = start + 1;
      while (end < order.length && same(first, order[end] ?? 0)) end += 1;
      onGroup(start, end);
      start = end;
    }
  };
  return { order, forEach };
}

/** The first row of a group that nothing speaks against, or null. */
export function firstOpen(
  verdicts: Uint8Array,
  order: Uint32Array,
  start: number,
  end: number,
): number | null {
  for (let place = start; place < end; place += 1) {
    const row = order[place] ?? 0;
    if (verdicts[row] === openCode) return row;
  }
  return null;
}

/** The DCT hash of a picture always has bits set. */
export function hasHash({ high, low }: Words, row: number): boolean {
  return high[row] !== 0 || low[row] !== 0;
}

function compareWords({ high, low }: Words, a: number, b: number): number {
  return (high[a] ?? 0) - (high[b] ?? 0) || (low[a] ?? 0) - (low[b] ?? 0);
}
