import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { partRecordSchema, readManifest } from "@leyenda/core";

import { hashOfDigests } from "./hash-of-digests.js";

/**
 * Looks at every file under a data folder, whatever state a build was left in.
 *
 * @returns what is wrong: a file under a final name that is not whole, a record whose files are not there or differ
 */
export async function checkDataFolder(root: string): Promise<string[]> {
  const problems: string[] = [];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith(".incomplete")) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    // Data between stages carries its hash in its name.
    const named = /^[a-z]+(?:-\d+)?\.([0-9a-f]{12})\./.exec(entry.name)?.[1];
    if (named !== undefined && ![...hashesOf(entry.name, bytes)].some((hash) => hash.startsWith(named)))
      problems.push(`${path} is not whole`);
    if (!entry.name.endsWith(".json")) continue;
    const value = parse(bytes);
    if (value === undefined) problems.push(`${path} is not whole`);
    const record = partRecordSchema.safeParse(value);
    if (!record.success) continue;
    const folder = entry.parentPath.replace(/\/\.records$/, "");
    for (const file of Object.values(record.data.files)) {
      const data = await readFile(join(folder, file.name)).catch(() => null);
      if (data === null) problems.push(`${path} speaks of ${file.name}, which is not there`);
      else if ((file.sha256Of === "digests" ? hashOfDigests(data) : sha256(data)) !== file.sha256)
        problems.push(`${join(folder, file.name)} is not what its record says`);
    }
  }
  return problems;
}

/** Root hash of a finished dataset. */
export async function rootHash(root: string): Promise<string> {
  const manifest = await readManifest(join(root, "dataset"));
  const hash = manifest?.summary.rootHash;
  if (typeof hash !== "string") throw new Error(`${root} holds no finished dataset`);
  return hash;
}

/** A picture file's name may have either. */
function* hashesOf(name: string, bytes: Uint8Array): Generator<string> {
  yield sha256(bytes);
  if (/\.images(?:\.r\d+)?\.arrow$/.test(name)) yield hashOfDigests(bytes);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
