import { writevSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { joinSmall } from "./join-small.js";
import type { FileName, UnpublishedFile, WriteOptions } from "./store.js";

/** A file on a disk, under a temporary name until it is published. */
export class DiskFile implements UnpublishedFile {
  readonly #folder: string;
  readonly #name: FileName;
  readonly #handle: FileHandle;
  #written = 0;
  /** What waits for the write under way, and goes in one write after it. */
  #queue: Uint8Array[] = [];
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #lost: Error | undefined;
  #open = true;

  private constructor(folder: string, name: FileName, handle: FileHandle) {
    this.#folder = folder;
    this.#name = name;
    this.#handle = handle;
  }

  static async create(folder: string, name: FileName): Promise<DiskFile> {
    return new DiskFile(folder, name, await open(join(folder, name.temporary), "wx+"));
  }

  get fd(): number {
    return this.#handle.fd;
  }

  get written(): number {
    return this.#written;
  }

  /** What comes while a write is under way goes together into the next one. */
  async write(chunks: readonly Uint8Array[], { blocking = false }: WriteOptions = {}): Promise<void> {
    this.#queue.push(...chunks);
    this.#next ??= this.#writeNext(this.#writing, blocking);
    await this.#next;
  }

  async #writeNext(before: Promise<void> | undefined, blocking: boolean): Promise<void> {
    await before;
    this.#writing = this.#next;
    this.#next = undefined;
    let rest = joinSmall(this.#queue);
    this.#queue = [];
    while (rest.length > 0) {
      const bytesWritten = blocking
        ? writevSync(this.fd, rest, this.#written)
        : (await this.#handle.writev(rest, this.#written)).bytesWritten;
      this.#written += bytesWritten;
      rest = skip(rest, bytesWritten);
    }
  }

  /** One flush is under way at a time; a later one would not fail again for what is lost, so that is kept for `close`. */
  flush(): void {
    this.#flushing ??= this.#handle.datasync().then(
      () => (this.#flushing = undefined),
      (error: unknown) => {
        this.#lost = error as Error;
      },
    );
  }

  async close(): Promise<void> {
    await this.#flushing;
    if (this.#lost !== undefined) throw this.#lost;
    await this.#handle.sync();
    this.#open = false;
    await this.#handle.close();
  }

  async publish(sha256: string): Promise<string> {
    const name = this.#name.final(sha256);
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true });
    await rename(join(this.#folder, this.#name.temporary), path);
    return name;
  }

  async discard(): Promise<void> {
    if (this.#open) await this.#handle.close();
    this.#open = false;
    await rm(join(this.#folder, this.#name.temporary), { force: true });
  }
}

/** A short write leaves the end of the list to be written again. */
function skip(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const cut = Math.min(left, chunk.byteLength);
    left -= cut;
    return cut === chunk.byteLength ? [] : [chunk.subarray(cut)];
  });
}
