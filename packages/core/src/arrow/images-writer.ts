import { Binary, Field, Schema } from "apache-arrow";

import type { PartFile } from "../parts/part-file.js";
import { ArrowStreamEncoder } from "./arrow-stream-encoder.js";
import { binaryData } from "./binary-data.js";

/** Where a picture lies in its part's images file. */
export interface ImageRange {
  /** Bytes from the start of the file. */
  offset: number;
  /** Bytes. */
  length: number;
}

const schema = new Schema([new Field("bytes", new Binary(), false)]);

/**
 * Writes pictures into a part's images file: an Arrow IPC stream with one binary column.
 *
 * Each picture's place in the *file* comes back, so that a later stage reads any picture with one positioned read and
 * without Arrow. Pictures are held until `flushBytes` of them have come, never a part's worth.
 */
export class ImagesWriter {
  readonly #file: PartFile;
  readonly #flushBytes: number;
  readonly #encoder = new ArrowStreamEncoder(schema);
  #pending: { bytes: Uint8Array; placed: (range: ImageRange) => void }[] = [];
  #pendingBytes = 0;

  constructor(file: PartFile, { flushBytes = 4 << 20 }: { flushBytes?: number } = {}) {
    this.#file = file;
    this.#flushBytes = flushBytes;
  }

  /** Adds a picture; `placed` is called when its place is known, at the latest by `finish`. */
  async add(bytes: Uint8Array, placed: (range: ImageRange) => void): Promise<void> {
    this.#pending.push({ bytes, placed });
    this.#pendingBytes += bytes.byteLength;
    if (this.#pendingBytes >= this.#flushBytes) await this.#flush();
  }

  /** Writes what is held and the end of the stream. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.write(this.#encoder.finish());
  }

  async #flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (pending.length === 0) {
      // Without a first batch there would be no schema in the stream.
      if (this.#encoder.position === 0) await this.#file.write(this.#encoder.batch(0, [binaryData([])]));
      return;
    }
    const values = binaryData(pending.map(({ bytes }) => bytes));
    let offset = this.#encoder.position;
    const chunks = this.#encoder.batch(pending.length, [values]);
    const body = chunks.find((chunk) => chunk.buffer === values.values.buffer);
    for (const chunk of chunks) {
      if (chunk === body) break;
      offset += chunk.byteLength;
    }
    for (const { bytes, placed } of pending) {
      placed({ offset, length: bytes.byteLength });
      offset += bytes.byteLength;
    }
    await this.#file.write(chunks);
  }
}
