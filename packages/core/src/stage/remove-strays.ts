import { join } from "node:path";

import type { Manifest } from "../parts/manifest.js";
import { partRecordSchema } from "../parts/part-record.js";
import { readJsonFile } from "../parts/read-json-file.js";
import { storeOf } from "../store/store-of.js";
import { parseRecordName } from "../parts/record-name.js";

/** Shards carry their number in their name, so another number of shards leaves other names behind. */
const shardName = /^(train|validation)-\d{5}-of-\d{5}$/;

/**
 * Removes what a complete stage does not need: data files of its parts that no record speaks of (attempts that lost, states
 * before the last but one), and shards of a division that is no more, records first. Parts beyond the present plan (a list cut
 * short for a while) stay.
 */
export async function removeStrays(folder: string, recordFolder: string, manifest: Manifest): Promise<void> {
  const files = new Set(manifest.parts.flatMap((part) => Object.values(part.files).map((file) => file.name)));
  const parts = new Set(manifest.parts.map((part) => part.part));
  const store = storeOf(folder);
  const names = await store.list(join(folder, recordFolder));
  const records = names.flatMap((name) => {
    const record = parseRecordName(name);
    return record === null ? [] : [{ path: join(folder, recordFolder, name), ...record }];
  });
  const latest = new Map<string, number>();
  for (const { part, revision } of records) latest.set(part, Math.max(revision, latest.get(part) ?? 0));
  for (const { path, part, revision } of records) {
    // A stage that began before the last revision may be reading what was there then; nobody still reads what was before that.
    const statesAgo = (latest.get(part) ?? 0) - revision;
    if (statesAgo > 1 || (shardName.test(part) && !parts.has(part))) await store.remove(path);
    else if (statesAgo === 1) {
      const record = await readJsonFile(path, partRecordSchema);
      for (const file of Object.values(record?.files ?? {})) files.add(file.name);
    }
  }
  for (const name of await store.list(folder)) {
    const part = name.split(".")[0] ?? "";
    const mayBeStray = parts.has(part) ? parseRecordName(name) === null : shardName.test(part);
    if (mayBeStray && !files.has(name)) await store.remove(join(folder, name));
  }
}
