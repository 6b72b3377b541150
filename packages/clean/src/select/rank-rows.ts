import { hash } from "node:crypto";

import type { Words } from "@leyenda/core";

/**
 * Ranks rows by SHA-256(seed, NUL, key): bytes 0–7 are the rank, bytes 8–11 choose the lane. Both depend on the row's own key
 * alone, so no other row can change them.
 *
 * @param rows the rows to rank
 * @param keys 16 bytes a row
 * @param validationShare of the rows that belong to the validation lane, 0 to 1
 * @param ranks takes the rank of each of these rows
 * @returns 1 where a row is a candidate for validation, 0 for train
 */
export function rankRows(
  rows: Uint32Array,
  keys: Uint8Array,
  seed: string,
  validationShare: number,
  ranks: Words,
): Uint8Array {
  const validationLane = new Uint8Array(keys.length / 16);
  const prefix = Buffer.from(`${seed}\0`);
  const input = Buffer.alloc(prefix.length + 16);
  prefix.copy(input);
  for (const row of rows) {
    input.set(keys.subarray(row * 16, row * 16 + 16), prefix.length);
    const digest = hash("sha256", input, "buffer");
    ranks.high[row] = digest.readUInt32BE(0);
    ranks.low[row] = digest.readUInt32BE(4);
    validationLane[row] = digest.readUInt32BE(8) / 2 ** 32 < validationShare ? 1 : 0;
  }
  return validationLane;
}
