import { createHash, type Hash } from "node:crypto";
import { basename, dirname } from "node:path";

import { storeOf } from "../store/store-of.js";
import type { FileName, UnpublishedFile, WriteOptions } from "../store/store.js";
import { BackgroundHash } from "./background-hash.js";

/** Bytes from which a file is hashed by another thread, and from its start: with a thread to start, and without. */
const [largeBytes, largeBytesNow] = [8 << 20, 1 << 20];

/** What a record says of one of its files. */
export interface FileEntry {
  name: string;
  bytes: number;
  /** Of the file; or of what `sha256Of` says. */
  sha256: string;
  /**
   * `digests`: the file's bytes, but of each picture in it only its SHA-256, in hex. The pictures were hashed before they were
   * written, and hashing them again would cost a downloader a seventh of its time.
   */
  sha256Of?: "digests" | undefined;
}

export interface PartWriteOptions extends WriteOptions {
  /**
   * SHA-256 in hex of chunks that have one already; see `FileEntry.sha256Of`. Not heeded in a large file of whose chunks none had one so
   * far.
   */
  digests?: ReadonlyMap<Uint8Array, string>;
}

/** An attempt's file: appended to, hashed on the way, durable once closed. */
export class PartFile {
  readonly #file: UnpublishedFile;
  readonly #hash: Hash = createHash("sha256");
  #background: BackgroundHash | undefined;
  #bytes = 0;
  #ofDigests = false;
  #closed: Promise<Omit<FileEntry, "name">> | undefined;

  private constructor(file: UnpublishedFile) {
    this.#file = file;
  }

  /** A file that is published under another name than it is written under. */
  static async named(folder: string, name: FileName): Promise<PartFile> {
    return new PartFile(await storeOf(folder).create(folder, name));
  }

  /** A file that is written where it stays. */
  static create(path: string): Promise<PartFile> {
    const name = basename(path);
    return PartFile.named(dirname(path), { temporary: name, final: () => name });
  }

  /** Appends chunks, in the order of the calls. Their memory may be used again once it has come back. */
  async write(
    chunks: readonly Uint8Array[],
    { digests, blocking = false }: PartWriteOptions = {},
  ): Promise<void> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (bytes === 0) return;
    this.#bytes += bytes;
    if (this.#background === undefined) this.#hashHere(chunks, digests);
    await this.#file.write(chunks, { blocking });
    this.#background?.reach(this.#file.written);
  }

  /** Only what lies on a disk can be read back. */
  #hashHere(chunks: readonly Uint8Array[], digests?: ReadonlyMap<Uint8Array, string>): void {
    this.#ofDigests ||= chunks.some((chunk) => digests?.has(chunk));
    const large = BackgroundHash.isRunning ? largeBytesNow : largeBytes;
    const { fd } = this.#file;
    if (fd !== undefined && this.#bytes >= large && !this.#ofDigests)
      this.#background = new BackgroundHash(fd);
    else for (const chunk of chunks) this.#hash.update(digests?.get(chunk) ?? chunk);
  }

  /** Has what was written so far brought to where it lasts while more is made, so that `close` waits for the rest alone. */
  flush(): void {
    this.#file.flush();
  }

  /** Makes all of it durable. A second call gives the same answer. */
  close(): Promise<Omit<FileEntry, "name">> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<Omit<FileEntry, "name">> {
    // Brought to the disk while the rest of it is hashed, for which it must be open.
    this.#file.flush();
    const sha256 = (await this.#background?.digest(this.#bytes)) ?? this.#hash.digest("hex");
    await this.#file.close();
    return { bytes: this.#bytes, sha256, ...(this.#ofDigests ? { sha256Of: "digests" } : {}) };
  }

  /** Closes it and gives it its final name. */
  async publish(): Promise<FileEntry> {
    const content = await this.close();
    return { name: await this.#file.publish(content.sha256), ...content };
  }

  /** Gives the file up. */
  async discard(): Promise<void> {
    if (this.#closed === undefined) await this.#background?.drop();
    await this.#file.discard();
  }
}
