import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { storeOf } from "@leyenda/core";

/**
 * Waits until so many parts of a stage have a record.
 *
 * @param root data folder of the dataset
 * @param stage its folder
 * @throws Error after three minutes
 */
export async function hasRecords(root: string, stage: string, count: number): Promise<void> {
  const folder = join(root, stage);
  for (let waited = 0; waited < 180_000; waited += 200) {
    const names = await storeOf(folder).list(folder);
    if (names.filter((name) => /^part-\d+\.json$/.test(name)).length >= count) return;
    await sleep(200);
  }
  throw new Error(`${folder} has not come to ${count} records`);
}
