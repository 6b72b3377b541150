import { z } from "zod";

const whole = z.int().nonnegative();

/** Where a record batch lies in its shard: its message and its body. */
export interface BatchPlace {
  /** Bytes from the start of the file. */
  offset: number;
  /** Bytes, header and body. */
  length: number;
  rows: number;
}

/**
 * What lies beside a shard under its name with `.index` for `.arrow`: where its record batches are. JSON, and no part of the root
 * hash: it follows from the shard, and who has none scans the shard's headers instead.
 */
export const shardIndexSchema = z.object({
  version: z.literal(1),
  /** Of the shard: an index beside another shard is not used. */
  bytes: whole,
  rows: whole,
  /** Each batch's offset, length (bytes) and rows. */
  batches: z.array(z.tuple([whole, whole, whole])),
});

/** An index as it is written: the same bytes for the same shard. */
export function renderShardIndex(bytes: number, batches: readonly BatchPlace[]): string {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const lines = batches.map(({ offset, length, rows: count }) => `[${offset},${length},${count}]`);
  return `{"version":1,"bytes":${bytes},"rows":${rows},"batches":[\n${lines.join(",\n")}\n]}\n`;
}
