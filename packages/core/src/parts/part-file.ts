import { createHash, type Hash } from "node:crypto";
import { basename, dirname } from "node:path";

import { storeOf } from "../store/store-of.js";
import type { FileName, UnpublishedFile } from "../store/store.js";

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

/** An attempt's file: appended to, hashed on the way, durable once closed. */
export class PartFile {
  readonly #file: UnpublishedFile;
  readonly #hash: Hash = createHash("sha256");
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

  /**
   * Appends chunks in one gathered write.
   *
   * @param digests SHA-256 in hex of chunks that have one already; see `FileEntry.sha256Of`
   */
  async write(chunks: readonly Uint8Array[], digests?: ReadonlyMap<Uint8Array, string>): Promise<void> {
    for (const chunk of chunks) {
      const digest = digests?.get(chunk);
      this.#hash.update(digest ?? chunk);
      this.#ofDigests ||= digest !== undefined;
      this.#bytes += chunk.byteLength;
    }
    await this.#file.write(chunks);
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
    await this.#file.close();
    const sha256 = this.#hash.digest("hex");
    return { bytes: this.#bytes, sha256, ...(this.#ofDigests ? { sha256Of: "digests" } : {}) };
  }

  /** Closes it and gives it its final name. */
  async publish(): Promise<FileEntry> {
    const content = await this.close();
    return { name: await this.#file.publish(content.sha256), ...content };
  }

  /** Gives the file up. */
  discard(): Promise<void> {
    return this.#file.discard();
  }
}
