import { countBits } from "./count-bits.js";
import { type Band, nearBands, type Scratch } from "./near-bands.js";
import type { Words } from "../words/words.js";

/**
 * Finds all pairs of member rows whose hashes are within `bits` bits of each other. A pair may be reported several times.
 *
 * @param hashes of all rows; members' hashes should differ from each other: equal ones are a pair each, too
 * @param isMember 1 for rows to be compared
 */
export function findNearPairs(
  hashes: Words,
  isMember: Uint8Array,
  bits: number,
  scratch: Scratch,
  onPair: (a: number, b: number) => void,
): void {
  for (const band of nearBands(hashes, isMember, bits, scratch)) pairsOf(band, bits, onPair);
}

function pairsOf(band: Band, bits: number, onPair: (a: number, b: number) => void): void {
  const { starts, masks, high, low, rows } = band;
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    const [start, end] = [starts[bucket] ?? 0, starts[bucket + 1] ?? 0];
    if (start === end) continue;
    for (const mask of masks) {
      const other = bucket ^ mask;
      // Two buckets meet once, from the lower one.
      if (other < bucket) continue;
      const [otherStart, otherEnd] = [starts[other] ?? 0, starts[other + 1] ?? 0];
      for (let a = start; a < end; a += 1) {
        const [aHigh, aLow] = [high[a] ?? 0, low[a] ?? 0];
        for (let b = other === bucket ? a + 1 : otherStart; b < otherEnd; b += 1) {
          const distance = countBits(aHigh ^ (high[b] ?? 0));
          if (distance <= bits && distance + countBits(aLow ^ (low[b] ?? 0)) <= bits)
            onPair(rows[a] ?? 0, rows[b] ?? 0);
        }
      }
    }
  }
}
