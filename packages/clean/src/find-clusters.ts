import { radixSort } from "./radix-sort.js";

/**
 * Rows with the same hash, cluster by cluster; single rows are clusters of one.
 *
 * @param hashes 16 bytes a row
 * @returns row numbers in which each cluster is one run, and where each run starts (the last entry is the count)
 */
export function findClusters(hashes: Uint8Array): { order: Uint32Array; starts: number[] } {
  const count = hashes.length / 16;
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  const words = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    high[row] = words.getUint32(row * 16);
    low[row] = words.getUint32(row * 16 + 4);
  }
  radixSort(order, high, low);
  separateCollisions(order, hashes, high, low);
  const starts: number[] = [];
  for (let place = 0; place < count; place += 1) {
    const same = place > 0 && compare(hashes, order[place - 1] ?? 0, order[place] ?? 0) === 0;
    if (!same) starts.push(place);
  }
  starts.push(count);
  return { order, starts };
}

/** The sort looked at half of each hash. Where different hashes share that half, the run is sorted by the whole. */
function separateCollisions(
  order: Uint32Array,
  hashes: Uint8Array,
  high: Uint32Array,
  low: Uint32Array,
): void {
  for (let start = 0; start < order.length;) {
    const first = order[start] ?? 0;
    let end = start + 1;
    let differs = false;
    for (; end < order.length; end += 1) {
      const row = order[end] ?? 0;
      if (high[row] !== high[first] || low[row] !== low[first]) break;
      differs ||= compare(hashes, first, row) !== 0;
    }
    if (differs) order.subarray(start, end).sort((a, b) => compare(hashes, a, b) || a - b);
    start = end;
  }
}

function compare(hashes: Uint8Array, a: number, b: number): number {
  for (let index = 0; index < 16; index += 1) {
    const difference = (hashes[a * 16 + index] ?? 0) - (hashes[b * 16 + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
