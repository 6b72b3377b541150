import { randomBytes } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";

import { LeyendaError } from "../errors.js";
import { isBucket } from "../store/is-bucket.js";
import { storeOf } from "../store/store-of.js";
import type { Store } from "../store/store.js";
import { isErrno } from "./is-errno.js";
import { type FileEntry, PartFile } from "./part-file.js";
import type { PartRecord } from "./part-record.js";
import { recordName } from "./record-name.js";

/**
 * How a stage names the files of a finished part.
 *
 * @param tag the content's SHA-256 or, in a bucket, as many random digits
 */
export type FileNaming = (part: string, role: string, tag: string) => string;

/**
 * Data files between stages carry their content's hash in their name. Two attempts at one part that differ (two
 * downloads of a changing web) then never overwrite each other, and two that agree write the same file.
 */
export const contentNaming: FileNaming = (part, role, tag) => `${part}.${tag.slice(0, 12)}.${role}`;

const suffix = ".incomplete";

/**
 * One try at making a part. Files are written under names of this attempt alone; `commit` makes them durable, gives them
 * their final names and then creates the record exclusively: from that moment the part is there, whole. An attempt that
 * finds the record already made has lost the race, which is success.
 */
export class Attempt {
  readonly #store: Store;
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
    this.#store = storeOf(options.folder);
    this.#folder = options.folder;
    this.#recordFolder = options.recordFolder;
    this.#part = options.part;
    this.#recordName = recordName(options.part, options.revision ?? 0);
    this.#naming = options.naming;
  }

  /** Opens the attempt's file of a role (`rows.arrow`, `images.arrow`, …). */
  async create(role: string): Promise<PartFile> {
    const file = await PartFile.named(this.#folder, {
      temporary: this.#nameOf(role),
      final: (tag) => this.#naming(this.#part, role, tag),
    });
    this.#files.set(role, file);
    return file;
  }

  /**
   * Makes the attempt's folder of a role, for what is too many files for a record: something that has an entry must say what
   * they are. Whoever writes them makes them durable.
   *
   * @returns its path
   * @throws LeyendaError USAGE in a bucket, which has no folders that could be renamed
   */
  async createFolder(role: string): Promise<string> {
    if (isBucket(this.#folder))
      throw new LeyendaError("USAGE", "a folder of single files cannot be committed in a bucket", {
        where: this.#folder,
        hint: "write it to a disk, and copy it from there",
      });
    const path = join(this.#folder, this.#nameOf(role));
    await mkdir(path);
    this.#subfolders.set(role, path);
    return path;
  }

  #nameOf(role: string): string {
    return `${this.#part}.${role}.${this.#id}${suffix}`;
  }

  /** @returns whether this attempt's record is the part's */
  async commit(makeRecord: (files: Record<string, FileEntry>) => PartRecord): Promise<boolean> {
    const entries: Record<string, FileEntry> = {};
    const folders = new Set([this.#folder]);
    const record = join(this.#recordFolder, this.#recordName);
    if (this.#subfolders.size > 0 && (await this.#store.size(record)) !== null) {
      await this.discard();
      return false;
    }
    for (const [role, path] of this.#subfolders) {
      const final = join(this.#folder, this.#naming(this.#part, role, ""));
      await mkdir(dirname(final), { recursive: true });
      await this.#store.settle(path);
      // Without a record, what is there comes from an attempt that ended here, or was made with other options.
      await this.#store.remove(final);
      await rename(path, final);
      folders.add(dirname(final));
    }
    this.#subfolders.clear();
    for (const [role, file] of this.#files) {
      const entry = await file.publish();
      folders.add(dirname(join(this.#folder, entry.name)));
      entries[role] = entry;
    }
    this.#files.clear();
    for (const folder of folders) await this.#store.settle(folder);
    return this.#store.createExclusive(record, `${JSON.stringify(makeRecord(entries), null, 2)}\n`);
  }

  /** Removes what the attempt has written. */
  async discard(): Promise<void> {
    for (const file of this.#files.values()) await file.discard();
    this.#files.clear();
    for (const path of this.#subfolders.values()) await this.#store.remove(path);
    this.#subfolders.clear();
  }
}

/** Removes the files of attempts on this machine whose process is gone. Others may still be at work, and are left. */
export async function removeDeadAttempts(folder: string): Promise<void> {
  const store = storeOf(folder);
  for (const name of await store.list(folder)) {
    if (isDeadAttempt(name)) await store.remove(join(folder, name));
  }
}

/** Whether a file's name is that of an attempt on this machine whose process is gone. */
export function isDeadAttempt(name: string): boolean {
  const mine = new RegExp(`\\.${escapeRegExp(hostname())}-(\\d+)-[0-9a-f]{8}\\.incomplete$`);
  const pid = mine.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
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
