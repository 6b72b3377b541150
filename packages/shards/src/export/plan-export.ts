import { join } from "node:path";

import type { Manifest } from "@leyenda/core";

import { countShards } from "../count-shards.js";
import { openShard } from "../random-access/open-shard.js";
import { divideSplit, type ShardRange, type Split, splits } from "../shard-name.js";
import type { ExportOptions } from "./export-stage.js";

/** The shards of an export: those of the dataset, unless a limit is given. */
export async function planExport(
  folder: string,
  manifest: Manifest,
  { split: only, rowsPerShard, bytesPerShard }: ExportOptions,
): Promise<ShardRange[]> {
  const ranges: ShardRange[] = [];
  for (const split of splits) {
    if (only !== undefined && split !== only) continue;
    const shards = manifest.parts.filter(({ part }) => part.startsWith(`${split}-`));
    const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
    const count =
      rowsPerShard === undefined && bytesPerShard === undefined
        ? shards.length
        : countShards(
            bytesPerShard === undefined ? new Float64Array(rows) : await rowSizes(folder, shards, rows),
            { rowsPerShard: rowsPerShard ?? Infinity, bytesPerShard: bytesPerShard ?? Infinity },
          );
    ranges.push(...divideSplit(split satisfies Split, rows, count));
  }
  return ranges;
}

/** Bytes of each row in the dataset, from the sizes of its record batches. */
async function rowSizes(folder: string, shards: Manifest["parts"], rows: number): Promise<Float64Array> {
  const sizes = new Float64Array(rows);
  let row = 0;
  for (const { files } of shards) {
    const shard = await openShard(join(folder, files.shard?.name ?? ""));
    for (const batch of shard.batches) {
      sizes.fill(batch.length / batch.rows, row, row + batch.rows);
      row += batch.rows;
    }
    await shard.close();
  }
  return sizes;
}
