import { join } from "node:path";

import { LeyendaError, type Manifest } from "@leyenda/core";

import { openShard } from "../random-access/open-shard.js";
import type { ShardRow } from "../write/shard-schema.js";

/**
 * Rows of a split from `start` up to `end`, in batches of `rowsPerBatch`; one record batch of the dataset is in memory.
 *
 * @throws LeyendaError DATA_CORRUPT where a shard has other rows than the manifest says
 */
export async function* readRange(
  folder: string,
  { parts }: Manifest,
  { split, start, end }: { split: string; start: number; end: number },
  rowsPerBatch: number,
): AsyncGenerator<ShardRow[]> {
  let pending: ShardRow[] = [];
  let first = 0;
  for (const { part, rows, files } of parts) {
    if (!part.startsWith(`${split}-`)) continue;
    const last = first + rows;
    if (last > start && first < end) {
      const name = files.shard?.name ?? `${part}.arrow`;
      for await (const found of readShardRows(join(folder, name), rows, start - first, end - first)) {
        pending.push(...found);
        for (; pending.length >= rowsPerBatch; pending = pending.slice(rowsPerBatch))
          yield pending.slice(0, rowsPerBatch);
      }
    }
    first = last;
  }
  if (pending.length > 0) yield pending;
}

async function* readShardRows(
  path: string,
  rows: number,
  start: number,
  end: number,
): AsyncGenerator<ShardRow[]> {
  const shard = await openShard(path);
  try {
    if (shard.rows !== rows)
      throw new LeyendaError("DATA_CORRUPT", `the shard has ${shard.rows} rows, its manifest says ${rows}`, {
        where: path,
        hint: '"leyenda verify" says what else is wrong',
      });
    let first = 0;
    for (const [index, batch] of shard.batches.entries()) {
      const last = first + batch.rows;
      if (last > start && first < end)
        yield (await shard.batch(index)).slice(Math.max(start - first, 0), end - first);
      first = last;
    }
  } finally {
    await shard.close();
  }
}
