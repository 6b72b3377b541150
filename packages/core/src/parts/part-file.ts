import { createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

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
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #ofDigests = false;
  #flushing: Promise<void> | undefined;
  #lost: Error | undefined;
  #closed: Promise<Omit<FileEntry, "name">> | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<PartFile> {
    return new PartFile(path, await open(path, "wx"));
  }

  /**
   * Appends chunks in one gathered write.
   *
   * @param digests SHA-256 in hex of chunks that have one already; see `FileEntry.sha256Of`
   */
  async write(chunks: readonly Uint8Array[], digests?: ReadonlyMap<Uint8Array, string>): Promise<void> {
    let left = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (left === 0) return;
    for (const chunk of chunks) {
      const digest = digests?.get(chunk);
      this.#hash.update(digest ?? chunk);
      this.#ofDigests ||= digest !== undefined;
    }
    // Positions are given out at the call, so that several writers' chunks cannot change places on the way.
    let position = this.#bytes;
    this.#bytes += left;
    let rest = [...chunks];
    while (left > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, position);
      left -= bytesWritten;
      position += bytesWritten;
      if (left > 0) rest = skip(rest, bytesWritten);
    }
  }

  /**
   * Has what was written so far brought to the disk while more is made, so that `close` waits for the rest alone. One flush is under
   * way at a time; what fails is thrown by `close`, since a later flush would not fail again for what is lost.
   */
  flush(): void {
    this.#flushing ??= this.#handle.datasync().then(
      () => (this.#flushing = undefined),
      (error: unknown) => {
        this.#lost = error as Error;
      },
    );
  }

  /** Flushes to the disk and closes. A second call gives the same answer. */
  close(): Promise<Omit<FileEntry, "name">> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<Omit<FileEntry, "name">> {
    await this.#flushing;
    if (this.#lost !== undefined) throw this.#lost;
    await this.#handle.sync();
    await this.#handle.close();
    const sha256 = this.#hash.digest("hex");
    return { bytes: this.#bytes, sha256, ...(this.#ofDigests ? { sha256Of: "digests" } : {}) };
  }

  /** Closes without flushing: the attempt is given up. */
  async abandon(): Promise<void> {
    if (this.#closed === undefined) await this.#handle.close();
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
