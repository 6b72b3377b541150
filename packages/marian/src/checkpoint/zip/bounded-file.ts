import { read } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";

import { RandomAccessReader } from "yauzl";

const chunkBytes = 256 * 1024;

/**
 * Reads an open file for yauzl, and never outside of it: the places that a damaged zip file names are numbers of 64 bits, at which
 * Node.js throws where nobody catches it.
 */
export class BoundedFile extends RandomAccessReader {
  readonly #file: FileHandle;
  readonly #size: number;

  constructor(file: FileHandle, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#chunks(start, end), { objectMode: false });
  }

  async *#chunks(start: number, end: number): AsyncGenerator<Buffer> {
    if (!this.#holds(start, end)) throw outside();
    for (let at = start; at < end;) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw outside();
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    if (!this.#holds(position, position + length)) {
      setImmediate(callback, outside());
      return;
    }
    read(this.#file.fd, buffer, offset, length, position, (error, bytes) => {
      callback(error ?? (bytes < length ? outside() : null));
    });
  }

  override close(callback: (error: Error | null) => void): void {
    this.#file.close().then(() => {
      callback(null);
    }, callback);
  }

  #holds(start: number, end: number): boolean {
    return Number.isSafeInteger(start) && start >= 0 && start <= end && end <= this.#size;
  }
}

function outside(): Error {
  return new Error("it names places that it does not have");
}
