import type { BufferPool } from "./buffer-pool.js";

/** What a length that a server only declares gets at once; the rest as it comes. */
const maxFirstBytes = 1_048_576;
const minBytes = 4_096;

/** Gathers a body that comes in pieces, in one buffer that grows with it. */
export class ByteCollector {
  readonly #pool: BufferPool;
  readonly #expected: number;
  #buffer: Buffer | undefined;
  #length = 0;

  /** @param expected bytes that the body is said to have; 0 where nothing is said */
  constructor(pool: BufferPool, expected: number) {
    this.#pool = pool;
    this.#expected = expected;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Copies a piece, whose memory may be used again at once. */
  add(piece: Uint8Array): void {
    const end = this.#length + piece.length;
    const buffer = this.#buffer === undefined || this.#buffer.length < end ? this.#grow(end) : this.#buffer;
    buffer.set(piece, this.#length);
    this.#length = end;
  }

  /** Everything, in memory of the pool; where that would be mostly empty, in its own. To be called once. */
  take(): Buffer {
    const buffer = this.#buffer;
    if (buffer === undefined) return Buffer.alloc(0);
    // The caller's from here on.
    this.#buffer = undefined;
    const whole = buffer.subarray(0, this.#length);
    // A body may be kept for long: thousands of tiny ones must not hold a page each.
    if (2 * whole.length > buffer.length) return whole;
    const copy = Buffer.allocUnsafeSlow(whole.length);
    copy.set(whole);
    this.#pool.give(buffer);
    return copy;
  }

  /** Gives the memory back to the pool. */
  drop(): void {
    if (this.#buffer !== undefined) this.#pool.give(this.#buffer);
    this.#buffer = undefined;
    this.#length = 0;
  }

  #grow(bytes: number): Buffer {
    const old = this.#buffer;
    const first = Math.max(minBytes, Math.min(this.#expected, maxFirstBytes));
    const buffer = this.#pool.take(Math.max(bytes, old === undefined ? first : 2 * old.length));
    if (old !== undefined) {
      buffer.set(old.subarray(0, this.#length));
      this.#pool.give(old);
    }
    this.#buffer = buffer;
    return buffer;
  }
}
