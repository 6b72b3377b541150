import { compareCells } from "./compare-cells.js";
import { sortRows } from "./sort-rows.js";

/**
 * Rows with the same hash, cluster by cluster; single rows are clusters of one.
 *
 * @param hashes 16 bytes a row
 * @returns row numbers in which each cluster is one run, ascending within it, and where each run starts (the last entry is
 * the count)
 */
export function findClusters(hashes: Uint8Array): { order: Uint32Array; starts: Uint32Array } {
  const count = hashes.length / 16;
  const order = new Uint32Array(count);
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  const words = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let row = 0; row < count; row += 1) {
    order[row] = row;
    high[row] = words.getUint32(row * 16);
    low[row] = words.getUint32(row * 16 + 4);
  }
  // Half of each hash sorts all but the rare rows that share it; the whole hash settles those.
  sortRows(order, { high, low }, (a, b) => compareCells(hashes, a, b) || a - b);
  const starts = new Uint32Array(count + 1);
  let clusters = 0;
  for (let place = 0; place < count; place += 1) {
    const same = place > 0 && compareCells(hashes, order[place - 1] ?? 0, order[place] ?? 0) === 0;
    if (!same) starts[clusters++] = place;
  }
  starts[clusters] = count;
  return { order, starts: starts.subarray(0, clusters + 1) };
}
