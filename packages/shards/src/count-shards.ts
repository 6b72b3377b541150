/** Limits of a shard. */
export interface ShardLimits {
  rowsPerShard: number;
  bytesPerShard: number;
}

/**
 * The fewest shards of equal numbers of rows of which none passes a limit. A row that is larger than `bytesPerShard` alone has
 * a shard of its own.
 *
 * @param sizes bytes of each row of the split, in order
 */
export function countShards(sizes: Float64Array, { rowsPerShard, bytesPerShard }: ShardLimits): number {
  const rows = sizes.length;
  if (rows === 0) return 0;
  /** Bytes of the first so many rows. */
  const ends = new Float64Array(rows + 1);
  sizes.forEach((size, row) => {
    ends[row + 1] = (ends[row] ?? 0) + size;
  });
  const total = ends[rows] ?? 0;
  let shards = Math.max(Math.ceil(rows / rowsPerShard), Math.min(Math.ceil(total / bytesPerShard), rows));
  while (shards < rows && largest(ends, shards) > bytesPerShard) shards += 1;
  return shards;
}

function largest(ends: Float64Array, shards: number): number {
  const rows = ends.length - 1;
  let most = 0;
  for (let index = 0, start = 0; index < shards; index += 1) {
    const end = Math.floor(((index + 1) * rows) / shards);
    most = Math.max(most, (ends[end] ?? 0) - (ends[start] ?? 0));
    start = end;
  }
  return most;
}
