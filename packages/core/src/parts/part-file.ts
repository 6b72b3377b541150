import { createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

/** What a record says of one of its files. */
export interface FileEntry {
  name: string;
  bytes: number;
  sha256: string;
}

/** An attempt's file: appended to, hashed on the way, durable once closed. */
export class PartFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #closed: Promise<{ bytes: number; sha256: string }> | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<PartFile> {
    return new PartFile(path, await open(path, "wx"));
  }

  /** Appends chunks in one gathered write. */
  async write(chunks: readonly Uint8Array[]): Promise<void> {
    let left = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (left === 0) return;
    for (const chunk of chunks) this.#hash.update(chunk);
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

  /** Flushes to the disk and closes. A second call gives the same answer. */
  close(): Promise<{ bytes: number; sha256: string }> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<{ bytes: number; sha256: string }> {
    await this.#handle.sync();
    await this.#handle.close();
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
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
