/** Smaller ones cost nothing to make. */
const pageBytes = 16_384;

/**
 * Memory for bodies, used again. A body's memory lies outside JavaScript's heap; made anew for each picture, it has the garbage
 * collector go over the whole heap every few hundred pictures.
 */
export class BufferPool {
  readonly #maxFreeBytes: number;
  /** In order of size. */
  readonly #free: Buffer[] = [];
  #freeBytes = 0;
  /** What is out. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** @param maxFreeBytes what is kept for later, at most */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** A buffer of at least so many bytes, with anything in it; the smallest that fits and wastes less than half. */
  take(bytes: number): Buffer {
    const at = this.#firstOf(bytes);
    const found = this.#free[at];
    const fits = found !== undefined && found.length <= 2 * Math.max(bytes, pageBytes);
    const buffer = fits ? found : Buffer.allocUnsafeSlow(Math.ceil(bytes / pageBytes) * pageBytes);
    if (fits) {
      this.#free.splice(at, 1);
      this.#freeBytes -= found.length;
    }
    this.#lent.add(buffer.buffer);
    return buffer;
  }

  /**
   * Takes back the memory of a buffer that came from here, or of a part of it; whoever gives it must not touch it again.
   * Any other buffer is left alone.
   */
  give({ buffer }: Uint8Array): void {
    if (!this.#lent.delete(buffer) || this.#freeBytes + buffer.byteLength > this.#maxFreeBytes) return;
    this.#free.splice(this.#firstOf(buffer.byteLength), 0, Buffer.from(buffer));
    this.#freeBytes += buffer.byteLength;
  }

  /** Where the first one of at least so many bytes is. */
  #firstOf(bytes: number): number {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#free[middle]?.length ?? 0) < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
