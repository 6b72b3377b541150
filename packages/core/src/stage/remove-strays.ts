import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Manifest } from "../parts/manifest.js";

/** Shards carry their number in their name, so another number of shards leaves other names behind. */
const shardName = /^(train|validation)-\d{5}-of-\d{5}$/;

/**
 * Removes what a complete stage does not need: data files of its parts that no record speaks of (attempts that lost), and
 * shards of a division that is no more, records first. Parts beyond the present plan (a list cut short for a while) stay.
 */
export async function removeStrays(folder: string, recordFolder: string, manifest: Manifest): Promise<void> {
  const files = new Set(manifest.parts.flatMap((part) => Object.values(part.files).map((file) => file.name)));
  const parts = new Set(manifest.parts.map((part) => part.part));
  for (const name of await readdir(join(folder, recordFolder))) {
    const part = name.replace(/\.json$/, "");
    if (shardName.test(part) && !parts.has(part)) await rm(join(folder, recordFolder, name));
  }
  for (const name of await readdir(folder)) {
    const part = name.split(".")[0] ?? "";
    const mayBeStray = parts.has(part) ? name !== `${part}.json` : shardName.test(part);
    if (mayBeStray && !files.has(name)) await rm(join(folder, name), { force: true });
  }
}
