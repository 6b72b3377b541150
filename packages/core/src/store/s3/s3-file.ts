import type { StoredFile } from "../store.js";
import type { S3 } from "./open-s3.js";
import { readRange } from "./read-range.js";
import type { S3Path } from "./s3-path.js";

/** Bytes that are asked for at a time where a file is read from front to back. */
const blockBytes = 4 << 20;

/** Blocks that are kept: several readers are a little apart, and one is read ahead. */
const keptBlocks = 4;

/** An object, read by ranges: exactly those asked for or, where reads follow one another, in blocks, one ahead. */
export class S3File implements StoredFile {
  readonly #s3: S3;
  readonly #place: S3Path;
  readonly #size: number;
  readonly #sequential: boolean;
  /** By number; least recently used first. */
  readonly #blocks = new Map<number, Promise<Buffer>>();

  constructor(s3: S3, place: S3Path, size: number, sequential: boolean) {
    this.#s3 = s3;
    this.#place = place;
    this.#size = size;
    this.#sequential = sequential;
  }

  stat(): Promise<{ size: number }> {
    return Promise.resolve({ size: this.#size });
  }

  async read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesRead: number }> {
    const end = Math.min(position + length, this.#size);
    if (position >= end) return { bytesRead: 0 };
    if (!this.#sequential) {
      target.set(await readRange(this.#s3, this.#place, { start: position, end }), offset);
      return { bytesRead: end - position };
    }
    const number = Math.floor(position / blockBytes);
    const block = await this.#block(number);
    const start = position - number * blockBytes;
    const bytes = block.subarray(start, Math.min(block.length, start + end - position));
    target.set(bytes, offset);
    return { bytesRead: bytes.length };
  }

  #block(number: number): Promise<Buffer> {
    const block = this.#load(number);
    if ((number + 1) * blockBytes < this.#size) void this.#load(number + 1);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= keptBlocks) break;
      this.#blocks.delete(oldest);
    }
    return block;
  }

  #load(number: number): Promise<Buffer> {
    const start = number * blockBytes;
    const block =
      this.#blocks.get(number) ??
      readRange(this.#s3, this.#place, { start, end: Math.min(start + blockBytes, this.#size) });
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    // One that was read ahead may never be asked for; a failed one is asked for again.
    block.catch(() => this.#blocks.delete(number));
    return block;
  }

  close(): Promise<void> {
    this.#blocks.clear();
    return Promise.resolve();
  }
}
