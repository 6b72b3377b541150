/** Values of a chunk. */
const chunkLength = 1 << 16;

/** A column of 32-bit values whose length is not known ahead: chunks, so that growing never copies. */
export class GrowingColumn {
  #chunks: Uint32Array[] = [];
  /** Values of the last chunk. */
  #used = 0;
  #length = 0;

  push(value: number): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#used === chunk.length) {
      chunk = new Uint32Array(chunkLength);
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    chunk[this.#used] = value;
    this.#used += 1;
    this.#length += 1;
  }

  /** Appends values, which are kept as they are. */
  append(values: Uint32Array): void {
    const last = this.#chunks.pop();
    if (last !== undefined) this.#chunks.push(last.subarray(0, this.#used));
    this.#chunks.push(values);
    this.#used = values.length;
    this.#length += values.length;
  }

  /** All values in one array. The column is empty afterwards. */
  take(): Uint32Array {
    const all = new Uint32Array(this.#length);
    let start = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk.subarray(0, this.#length - start), start);
      start += chunk.length;
    }
    this.#chunks = [];
    this.#used = 0;
    this.#length = 0;
    return all;
  }
}
