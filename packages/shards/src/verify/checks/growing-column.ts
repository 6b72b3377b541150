/** Values of a chunk. */
const chunkLength = 1 << 16;

/** A column of 32-bit values whose length is not known ahead: chunks, so that growing never copies. */
export class GrowingColumn {
  #chunks: Uint32Array[] = [];
  #length = 0;

  push(value: number): void {
    const place = this.#length % chunkLength;
    if (place === 0) this.#chunks.push(new Uint32Array(chunkLength));
    const chunk = this.#chunks.at(-1);
    if (chunk !== undefined) chunk[place] = value;
    this.#length += 1;
  }

  /** All values in one array. The column is empty afterwards. */
  take(): Uint32Array {
    const all = new Uint32Array(this.#length);
    this.#chunks.forEach((chunk, index) => {
      const start = index * chunkLength;
      all.set(chunk.subarray(0, Math.min(chunkLength, this.#length - start)), start);
    });
    this.#chunks = [];
    this.#length = 0;
    return all;
  }
}
