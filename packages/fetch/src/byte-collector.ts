/** Smaller pieces are copied together. */
const smallBytes = 4_096;
const pageBytes = 16_384;

/**
 * Gathers a body that comes in pieces. Small pieces are copied into pages, so that a body sent byte by byte costs its bytes
 * and not an object for each.
 */
export class ByteCollector {
  readonly #parts: Buffer[] = [];
  #page = Buffer.alloc(0);
  /** Of the page, what `#parts` holds already and what is written. */
  #kept = 0;
  #written = 0;
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (piece.length >= smallBytes) {
      this.#keepPage();
      this.#parts.push(piece);
      return;
    }
    if (this.#written + piece.length > this.#page.length) {
      this.#keepPage();
      this.#page = Buffer.allocUnsafeSlow(pageBytes);
      this.#kept = this.#written = 0;
    }
    this.#written += piece.copy(this.#page, this.#written);
  }

  /** Everything as one copy, so that a small picture does not hold the whole buffer that a socket was read into. */
  take(): Buffer {
    this.#keepPage();
    return Buffer.concat(this.#parts, this.#length);
  }

  #keepPage(): void {
    if (this.#written === this.#kept) return;
    this.#parts.push(this.#page.subarray(this.#kept, this.#written));
    this.#kept = this.#written;
  }
}
