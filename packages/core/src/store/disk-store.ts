import { createReadStream, type Stats } from "node:fs";
import { link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";

import { isErrno } from "../parts/is-errno.js";
import { DiskFile } from "./disk-file.js";
import type { FileName, ListedFile, Store, StoredFile, UnpublishedFile } from "./store.js";
import { syncFolder } from "./sync-folder.js";
import { temporaryName } from "./temporary-name.js";

/** Folders of this machine, or of one that it has mounted. */
export class DiskStore implements Store {
  async prepare(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
  }

  async size(path: string): Promise<number | null> {
    const found = await statOf(path);
    return found?.isFile() === true ? found.size : null;
  }

  async version(path: string): Promise<string | null> {
    const found = await statOf(path);
    return found === null ? null : `${found.ino}-${found.size}-${found.mtimeMs}`;
  }

  read(path: string): Promise<Buffer | null> {
    return orNull(readFile(path));
  }

  stream(path: string): Readable {
    return createReadStream(path, { highWaterMark: 1 << 20 });
  }

  open(path: string): Promise<StoredFile> {
    return open(path, "r");
  }

  async list(folder: string, start = ""): Promise<string[]> {
    return ((await orNull(readdir(folder))) ?? []).filter((name) => name.startsWith(start));
  }

  async walk(folder: string): Promise<ListedFile[]> {
    const entries = (await orNull(readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
    const files: ListedFile[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const size = await this.size(path);
      if (size !== null) files.push({ name: relative(folder, path).split(sep).join("/"), size });
    }
    return files;
  }

  create(folder: string, name: FileName): Promise<UnpublishedFile> {
    return DiskFile.create(folder, name);
  }

  settle(folder: string): Promise<void> {
    return syncFolder(folder);
  }

  async createExclusive(path: string, content: string | Uint8Array): Promise<boolean> {
    const temporary = temporaryName(path);
    await writeFile(temporary, content, { flush: true });
    try {
      await link(temporary, path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (isErrno(error, "EEXIST")) return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async replace(path: string, content: string | Uint8Array): Promise<void> {
    const temporary = temporaryName(path);
    try {
      await writeFile(temporary, content, { flush: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }
}

/** Below a file there is nothing either. */
async function statOf(path: string): Promise<Stats | null> {
  try {
    return await orNull(stat(path));
  } catch (error) {
    if (isErrno(error, "ENOTDIR")) return null;
    throw error;
  }
}

async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
