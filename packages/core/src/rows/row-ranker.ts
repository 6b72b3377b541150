import { hash } from "node:crypto";

/** What a row's own key says of its place, whatever other rows there are. */
export interface RowRank {
  /** The rank, 64 bits: a selection takes the smallest first. */
  high: number;
  low: number;
  /** From 0 to 1: below the share of the validation split a row is a candidate for it. */
  lane: number;
}

/**
 * Ranks rows by SHA-256(seed, NUL, key): bytes 0–7 are the rank, bytes 8–11 choose the lane.
 *
 * @returns takes the 16 bytes of a row's key
 */
export function rowRanker(seed: string): (key: Uint8Array) => RowRank {
  const prefix = Buffer.from(`${seed}\0`);
  const input = Buffer.alloc(prefix.length + 16);
  prefix.copy(input);
  return (key) => {
    input.set(key, prefix.length);
    const digest = hash("sha256", input, "buffer");
    return {
      high: digest.readUInt32BE(0),
      low: digest.readUInt32BE(4),
      lane: digest.readUInt32BE(8) / 2 ** 32,
    };
  };
}
