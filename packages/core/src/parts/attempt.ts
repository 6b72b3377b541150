import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";

import { isErrno } from "./is-errno.js";
import { type FileEntry, PartFile } from "./part-file.js";
import type { PartRecord } from "./part-record.js";
import { recordName } from "./record-name.js";

/** How a stage names the files of a finished part. */
export type FileNaming = (part: string, role: string, sha256: string) => string;

/**
 * Data files between stages carry their content's hash in their name. Two attempts at one part that differ (two
 * downloads of a changing web) then never overwrite each other, and two that agree write the same file.
 */
export const contentNaming: FileNaming = (part, role, hash) => `${part}.${hash.slice(0, 12)}.${role}`;

const suffix = ".incomplete";

/**
 * One try at making a part. Files are written under names of this attempt alone; `commit` makes them durable, gives them
 * their final names and then creates the record exclusively: from that moment the part is there, whole. An attempt that
 * finds the record already made has lost the race, which is success.
 */
export class Attempt {
  readonly #folder: string;
  readonly #recordFolder: string;
  readonly #part: string;
  readonly #recordName: string;
  readonly #naming: FileNaming;
  readonly #files = new Map<string, PartFile>();
  /** Paths by role. */
  readonly #subfolders = new Map<string, string>();
  readonly #id = `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;

  constructor(options: {
    folder: string;
    recordFolder: string;
    part: string;
    /** @default 0 */
    revision?: number;
    naming: FileNaming;
  }) {
    this.#folder = options.folder;
    this.#recordFolder = options.recordFolder;
    this.#part = options.part;
    this.#recordName = recordName(options.part, options.revision ?? 0);
    this.#naming = options.naming;
  }

  /** Opens the attempt's file of a role (`rows.arrow`, `images.arrow`, …). */
  async create(role: string): Promise<PartFile> {
    const file = await PartFile.create(this.#nameOf(role));
    this.#files.set(role, file);
    return file;
  }

  /**
   * Makes the attempt's folder of a role, for what is too many files for a record: something that has an entry must say what
   * they are. Whoever writes them makes them durable.
   *
   * @returns its path
   */
  async createFolder(role: string): Promise<string> {
    const path = this.#nameOf(role);
    await mkdir(path);
    this.#subfolders.set(role, path);
    return path;
  }

  #nameOf(role: string): string {
    return join(this.#folder, `${this.#part}.${role}.${this.#id}${suffix}`);
  }

  /** @returns whether this attempt's record is the part's */
  async commit(makeRecord: (files: Record<string, FileEntry>) => PartRecord): Promise<boolean> {
    const entries: Record<string, FileEntry> = {};
    const folders = new Set([this.#folder]);
    if (this.#subfolders.size > 0 && (await exists(join(this.#recordFolder, this.#recordName)))) {
      await this.discard();
      return false;
    }
    for (const [role, path] of this.#subfolders) {
      const final = join(this.#folder, this.#naming(this.#part, role, ""));
      await mkdir(dirname(final), { recursive: true });
      await syncFolder(path);
      // Without a record, what is there comes from an attempt that ended here, or was made with other options.
      await rm(final, { recursive: true, force: true });
      await rename(path, final);
      folders.add(dirname(final));
    }
    this.#subfolders.clear();
    for (const [role, file] of this.#files) {
      const content = await file.close();
      const name = this.#naming(this.#part, role, content.sha256);
      const final = join(this.#folder, name);
      await mkdir(dirname(final), { recursive: true });
      await rename(file.path, final);
      folders.add(dirname(final));
      entries[role] = { name, ...content };
    }
    this.#files.clear();
    for (const folder of folders) await syncFolder(folder);
    const temporary = join(this.#recordFolder, `${this.#part}.record.${this.#id}${suffix}`);
    await writeFile(temporary, `${JSON.stringify(makeRecord(entries), null, 2)}\n`, { flush: true });
    try {
      await link(temporary, join(this.#recordFolder, this.#recordName));
      await syncFolder(this.#recordFolder);
      return true;
    } catch (error) {
      if (isErrno(error, "EEXIST")) return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Removes what the attempt has written. */
  async discard(): Promise<void> {
    for (const file of this.#files.values()) {
      await file.abandon();
      await rm(file.path, { force: true });
    }
    this.#files.clear();
    for (const path of this.#subfolders.values()) await rm(path, { recursive: true, force: true });
    this.#subfolders.clear();
  }
}

/** Removes the files of attempts on this machine whose process is gone. Others may still be at work, and are left. */
export async function removeDeadAttempts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isDeadAttempt(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a file's name is that of an attempt on this machine whose process is gone. */
export function isDeadAttempt(name: string): boolean {
  const mine = new RegExp(`\\.${escapeRegExp(hostname())}-(\\d+)-[0-9a-f]{8}\\.incomplete$`);
  const pid = mine.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, "ENOENT")) return false;
      throw error;
    },
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, "EPERM");
  }
}

/** A rename is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
