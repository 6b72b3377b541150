import { Binary, Field, makeData, Schema } from "apache-arrow";

import type { PartFile } from "../parts/part-file.js";
import { ArrowStreamEncoder } from "./arrow-stream-encoder.js";
import { binaryData } from "./binary-data.js";
import { valueOffsets } from "./value-offsets.js";

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
  #pending: { bytes: Uint8Array; placed: (range: ImageRange) => void; digest: string | null }[] = [];
  #pendingBytes = 0;
  /** Stands for the pictures while a batch is laid out, so that they are never copied; its memory is never touched. */
  #blank = new Uint8Array(0);

  constructor(file: PartFile, { flushBytes = 4 << 20 }: { flushBytes?: number } = {}) {
    this.#file = file;
    this.#flushBytes = flushBytes;
  }

  /**
   * Adds a picture; `placed` is called when it has been written, at the latest by `finish`. Until then its bytes must stay.
   *
   * @param digest its SHA-256 in hex, where that is known already; see `FileEntry.sha256Of`
   */
  async add(
    bytes: Uint8Array,
    placed: (range: ImageRange) => void,
    digest: string | null = null,
  ): Promise<void> {
    this.#pending.push({ bytes, placed, digest });
    this.#pendingBytes += bytes.byteLength;
    if (this.#pendingBytes >= this.#flushBytes) await this.#flush();
  }

  /** Writes what is held and the end of the stream; to be called when every `add` has come back. */
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
    const offsets = valueOffsets(pending.length, (row) => pending[row]?.bytes.byteLength ?? 0);
    const total = offsets.at(-1) ?? 0;
    if (this.#blank.byteLength < total) this.#blank = new Uint8Array(total);
    const blank = this.#blank.subarray(0, total);
    const column = makeData({
      type: new Binary(),
      length: pending.length,
      nullCount: 0,
      valueOffsets: offsets,
      data: blank,
    });
    const before = this.#encoder.position;
    const chunks = this.#encoder.batch(pending.length, [column]);
    // Arrow leaves out an empty buffer.
    const blankAt = total === 0 ? chunks.length : chunks.findIndex(({ buffer }) => buffer === blank.buffer);
    let offset = chunks.slice(0, blankAt).reduce((sum, chunk) => sum + chunk.byteLength, before);
    const digests = new Map(
      pending.flatMap(({ bytes, digest }) => (digest === null ? [] : [[bytes, digest] as const])),
    );
    await this.#file.write(chunks.toSpliced(blankAt, 1, ...pending.map(({ bytes }) => bytes)), { digests });
    for (const { bytes, placed } of pending) {
      placed({ offset, length: bytes.byteLength });
      offset += bytes.byteLength;
    }
  }
}
