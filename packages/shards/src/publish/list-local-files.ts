import { createHash } from "node:crypto";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { LeyendaError, type Manifest, storeOf } from "@leyenda/core";

/** A file to be published. */
export interface LocalFile {
  /** With `/` between folders, as the hub names it. */
  path: string;
  /** Bytes. */
  size: number;
}

/**
 * The files of a finished dataset folder, in the order of their names: all but hidden ones and attempts that were given up.
 *
 * @throws LeyendaError DATA_CORRUPT when a file of the manifest is missing or has another size
 */
export async function listLocalFiles(folder: string, manifest: Manifest): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const { name: path, size } of await storeOf(folder).walk(folder)) {
    const isHidden = path.split("/").some((name) => name.startsWith("."));
    if (!isHidden && !path.endsWith(".incomplete")) files.push({ path, size });
  }
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  for (const { name, bytes } of manifest.parts.flatMap((part) => Object.values(part.files))) {
    const size = sizes.get(name);
    if (size !== bytes) {
      throw damaged(folder, name, size === undefined ? "is missing" : `has ${size} bytes, not ${bytes}`);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Makes sure that what is going to be published is what was built.
 *
 * @throws LeyendaError DATA_CORRUPT when a file's bytes are not those of the manifest
 */
export async function checkLocalFile(folder: string, path: string, manifest: Manifest): Promise<void> {
  const entry = manifest.parts
    .flatMap((part) => Object.values(part.files))
    .find((file) => file.name === path);
  if (entry === undefined) return;
  const hash = createHash("sha256");
  await pipeline(storeOf(folder).stream(join(folder, path)), hash);
  if (hash.digest("hex") !== entry.sha256) throw damaged(folder, path, "has other bytes than were written");
}

function damaged(folder: string, path: string, what: string): LeyendaError {
  return new LeyendaError("DATA_CORRUPT", `a file of the dataset ${what}; nothing was published`, {
    where: join(folder, path),
    hint: 'see what "leyenda verify" says, and build the dataset again',
  });
}
