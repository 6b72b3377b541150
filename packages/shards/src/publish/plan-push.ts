import { join } from "node:path";

import { checkHubFile, type HubFile } from "@leyenda/core";

import type { LocalFile } from "./list-local-files.js";

export interface PushPlan {
  /** New or changed. */
  upload: LocalFile[];
  /** The repository has them as they are. */
  unchanged: LocalFile[];
  /** Shards of an earlier division, which would be loaded beside the new ones. */
  remove: string[];
}

const shardName = /(?:^|\/)(?:train|validation)-\d{5}-of-\d{5}\.([a-z]+)$/;

/**
 * What has to change in a repository so that it holds the dataset. Files that are not the dataset's own stay: only shards of the same
 * format and folders that the dataset does not have are taken away.
 *
 * @param remote the repository's files by path
 */
export async function planPush(
  folder: string,
  local: readonly LocalFile[],
  remote: ReadonlyMap<string, HubFile>,
): Promise<PushPlan> {
  const plan: PushPlan = { upload: [], unchanged: [], remove: [] };
  for (const file of local) {
    const there = remote.get(file.path);
    const isSame = there !== undefined && (await checkHubFile(join(folder, file.path), there)) === true;
    (isSame ? plan.unchanged : plan.upload).push(file);
  }
  const paths = new Set(local.map(({ path }) => path));
  const formats = new Set(local.flatMap(({ path }) => shardName.exec(path)?.[1] ?? []));
  for (const path of remote.keys()) {
    const format = shardName.exec(path)?.[1];
    if (format !== undefined && formats.has(format) && !paths.has(path)) plan.remove.push(path);
  }
  plan.remove.sort();
  return plan;
}
