import { existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { isErrno } from "@leyenda/core";

const next = (dataset: string): string => `${dataset}.next`;
const old = (dataset: string): string => `${dataset}.old`;

/**
 * Makes a copy of a dataset's folder beside it, of hard links: what is changed there is written under new names and renamed, so
 * the files of the dataset stay as they are. The manifest is left out: the copy is not finished until it has one.
 *
 * @returns the copy
 */
export async function copyByLinks(dataset: string): Promise<string> {
  const copy = next(dataset);
  await rm(copy, { recursive: true, force: true });
  for (const entry of await readdir(dataset, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    const to = join(copy, from.slice(dataset.length));
    if (!entry.isFile() || from === join(dataset, "manifest.json")) continue;
    await mkdir(dirname(to), { recursive: true });
    await link(from, to).catch(async (error: unknown) => {
      // Not every file system has hard links.
      if (!isErrno(error, "EPERM", "ENOTSUP", "EMLINK")) throw error;
      await copyFile(from, to);
    });
  }
  return copy;
}

/** Puts the finished copy in the dataset's place. Killed at any moment, `recoverSwap` brings about the one state or the other. */
export async function swapIn(dataset: string): Promise<void> {
  await rename(dataset, old(dataset));
  await rename(next(dataset), dataset);
  await syncFolder(dirname(dataset));
  await rm(old(dataset), { recursive: true });
}

/** Ends a swap that was killed halfway. */
export async function recoverSwap(dataset: string): Promise<void> {
  if (!existsSync(old(dataset))) return;
  if (existsSync(dataset)) await rm(old(dataset), { recursive: true });
  else if (existsSync(join(next(dataset), "manifest.json"))) {
    await rename(next(dataset), dataset);
    await rm(old(dataset), { recursive: true });
  } else await rename(old(dataset), dataset);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
