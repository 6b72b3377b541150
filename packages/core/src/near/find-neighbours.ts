import { hashDistance, nearBands, type Scratch } from "./near-bands.js";
import type { Words } from "../words/words.js";

/**
 * Finds the member rows whose hashes are within `bits` bits of each of some other hashes. A row may be reported several times.
 *
 * @param queries the other hashes
 * @param onNeighbour is given a query's place and a row
 */
export function findNeighbours(
  hashes: Words,
  isMember: Uint8Array,
  queries: Words,
  bits: number,
  scratch: Scratch,
  onNeighbour: (query: number, row: number, distance: number) => void,
): void {
  for (const { bucketOf, masks, starts, high, low, rows } of nearBands(hashes, isMember, bits, scratch)) {
    for (let query = 0; query < queries.high.length; query += 1) {
      const [queryHigh, queryLow] = [queries.high[query] ?? 0, queries.low[query] ?? 0];
      const bucket = bucketOf(queryHigh, queryLow);
      for (const mask of masks) {
        const end = starts[(bucket ^ mask) + 1] ?? 0;
        for (let place = starts[bucket ^ mask] ?? 0; place < end; place += 1) {
          const distance = hashDistance(queryHigh, queryLow, high[place] ?? 0, low[place] ?? 0);
          if (distance <= bits) onNeighbour(query, rows[place] ?? 0, distance);
        }
      }
    }
  }
}
