import { hash } from "node:crypto";

/** Ranks of rows, as 64 bits in two words, and the lane each belongs to. */
export interface Ranks {
  high: Uint32Array;
  low: Uint32Array;
  /** 1 where a row is a candidate for validation, 0 for train. */
  validationLane: Uint8Array;
}

/**
 * Ranks rows by SHA-256(seed, NUL, key): bytes 0–7 are the rank, bytes 8–11 choose the lane. Both depend on the row's own key
 * alone, so no other row can change them.
 *
 * @param keys 16 bytes a row
 * @param validationShare of the rows that belong to the validation lane, 0 to 1
 */
export function rankRows(keys: Uint8Array, seed: string, validationShare: number): Ranks {
  const count = keys.length / 16;
  const ranks = {
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    validationLane: new Uint8Array(count),
  };
  const prefix = Buffer.from(`${seed}\0`);
  const input = Buffer.alloc(prefix.length + 16);
  prefix.copy(input);
  for (let row = 0; row < count; row += 1) {
    input.set(keys.subarray(row * 16, row * 16 + 16), prefix.length);
    const digest = hash("sha256", input, "buffer");
    ranks.high[row] = digest.readUInt32BE(0);
    ranks.low[row] = digest.readUInt32BE(4);
    ranks.validationLane[row] = digest.readUInt32BE(8) / 2 ** 32 < validationShare ? 1 : 0;
  }
  return ranks;
}
