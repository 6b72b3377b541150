import { openShard } from "@leyenda/shards/read";

import type { OpenedDataset } from "./open-dataset.js";

type ShardRow = Awaited<ReturnType<Awaited<ReturnType<typeof openShard>>["row"]>>;

/** A row of the dataset with its picture; null for a row that is not there. */
export async function readShardRow(
  { splits }: OpenedDataset,
  split: string,
  position: number,
): Promise<ShardRow | null> {
  const place = splits.get(split)?.locate(position) ?? null;
  if (place === null) return null;
  const shard = await openShard(place.item.path);
  try {
    return await shard.row(place.row);
  } finally {
    await shard.close();
  }
}
