import { findNearPairs, hashDistance, sortRows, type Words } from "@leyenda/core";

/** Pictures of two splits that look alike. */
export interface LookAlike {
  row: number;
  /** A row of another split. */
  other: number;
  /** Bits of 64 in which the DCT hashes differ. */
  bits: number;
}

/**
 * Finds pictures of different splits whose perceptual hashes differ in at most `bits` bits each. Of each look (both hashes) and
 * split only the first row is compared, so that many copies of one picture cost no more than two.
 *
 * @param phashes DCT hashes; 0 for a row without one
 * @param splitOf number of a row's split
 * @returns by row; each row once, with the first row that it was found to look like
 */
export function findLookAlikes(
  phashes: Words,
  dhashes: Words,
  splitOf: (row: number) => number,
  bits: number,
): LookAlike[] {
  const rows = phashes.high.length;
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const scratch = [new Uint32Array(rows), new Uint32Array(rows), new Uint32Array(rows)] as const;
  const at = (words: Uint32Array, row: number): number => words[row] ?? 0;
  const compareLooks = (a: number, b: number): number =>
    at(dhashes.high, a) - at(dhashes.high, b) ||
    at(dhashes.low, a) - at(dhashes.low, b) ||
    splitOf(a) - splitOf(b);
  sortRows(order, phashes, scratch[0], (a, b) => compareLooks(a, b) || a - b);
  const isFirst = new Uint8Array(rows);
  let last: number | undefined;
  for (const row of order) {
    if (at(phashes.high, row) === 0 && at(phashes.low, row) === 0) continue;
    const isRepeated =
      last !== undefined && hashBits(phashes, last, row) === 0 && compareLooks(last, row) === 0;
    if (!isRepeated) isFirst[row] = 1;
    last = row;
  }
  const found = new Map<number, LookAlike>();
  findNearPairs(phashes, isFirst, bits, scratch, (a, b) => {
    if (splitOf(a) === splitOf(b) || hashBits(dhashes, a, b) > bits) return;
    // The later split's row is the one that leaked.
    const [other, row] = splitOf(a) < splitOf(b) ? [a, b] : [b, a];
    const before = found.get(row);
    const distance = hashBits(phashes, a, b);
    if (before === undefined || distance < before.bits || (distance === before.bits && other < before.other))
      found.set(row, { row, other, bits: distance });
  });
  return [...found.values()].sort((a, b) => a.row - b.row);
}

function hashBits({ high, low }: Words, a: number, b: number): number {
  return hashDistance(high[a] ?? 0, low[a] ?? 0, high[b] ?? 0, low[b] ?? 0);
}
