export type Split = "train" | "validation";

export const splits = ["train", "validation"] as const satisfies readonly Split[];

/** One shard of a division of a split's rows. */
export interface ShardRange {
  /** `train-00000-of-00495`, as Hugging Face names them. */
  name: string;
  split: Split;
  /** Positions from `start` up to `end`, exclusive. */
  start: number;
  end: number;
}

/** Divides a split's rows into so many shards, whose sizes differ by one row at the most. */
export function divideSplit(split: Split, rows: number, shards: number): ShardRange[] {
  const five = (value: number): string => String(value).padStart(5, "0");
  return Array.from({ length: shards }, (_, index) => ({
    name: `${split}-${five(index)}-of-${five(shards)}`,
    split,
    start: Math.floor((index * rows) / shards),
    end: Math.floor(((index + 1) * rows) / shards),
  }));
}
