import { seedSequence } from "./seed-sequence.js";

const multiplier = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645n;
const mask = (1n << 128n) - 1n;

/** 128 bits as eight numbers of 16 bits, the lowest first: sums of their products stay exact in a double. */
function limbs(value: bigint): Float64Array {
  return Float64Array.from({ length: 8 }, (_, place) => Number((value >> BigInt(16 * place)) & 0xffffn));
}

const [m0 = 0, m1 = 0, m2 = 0, m3 = 0, m4 = 0, m5 = 0, m6 = 0, m7 = 0] = limbs(multiplier);

/**
 * The stream of numpy's `default_rng(seed)`: PCG64 (O'Neill 2014, XSL-RR 128/64), seeded by `SeedSequence`, with numpy's ways to
 * take numbers below a limit and single bits from it. Used where results shall be those of Python.
 */
export class Pcg64 {
  readonly #state: Float64Array;
  readonly #increment: Float64Array;
  /** The upper half of the last 64 bits, while it is not used. */
  #kept = -1;
  #bits = 0;
  #bitsLeft = 0;

  /** @param seed from 0 to 2^32 − 1 */
  constructor(seed: number) {
    const words = seedSequence(seed, 8);
    const wide = (place: number): bigint =>
      (BigInt(words[place + 1] ?? 0) << 32n) | BigInt(words[place] ?? 0);
    const increment = ((((wide(4) << 64n) | wide(6)) << 1n) | 1n) & mask;
    const start = (increment + ((wide(0) << 64n) | wide(2))) & mask;
    this.#state = limbs((start * multiplier + increment) & mask);
    this.#increment = limbs(increment);
  }

  /** The next 32 bits: of each 64 first the lower half. */
  nextUint32(): number {
    if (this.#kept >= 0) {
      const kept = this.#kept;
      this.#kept = -1;
      return kept;
    }
    this.#step();
    const state = this.#state;
    const top = state[7] ?? 0;
    const high = ((top ^ (state[3] ?? 0)) << 16) | ((state[6] ?? 0) ^ (state[2] ?? 0));
    const low = (((state[5] ?? 0) ^ (state[1] ?? 0)) << 16) | ((state[4] ?? 0) ^ (state[0] ?? 0));
    const turn = top >>> 10;
    const shift = turn & 31;
    const a = turn < 32 ? high : low;
    const b = turn < 32 ? low : high;
    // A shift by 32 is one by 0 in JavaScript.
    const upper = shift === 0 ? a : (a >>> shift) | (b << (32 - shift));
    const lower = shift === 0 ? b : (b >>> shift) | (a << (32 - shift));
    this.#kept = upper >>> 0;
    return lower >>> 0;
  }

  /**
   * A whole number from 0 below a limit, as `rng.integers(limit)` and `rng.choice(limit)` take it (Lemire 2019).
   *
   * @param limit from 1 to 2^32 − 1
   */
  below(limit: number): number {
    if (limit === 1) return 0;
    for (;;) {
      const bits = this.nextUint32();
      // The product has up to 64 bits: a double holds it in two pieces.
      const lowPart = (bits & 0xffff) * limit;
      const highPart = (bits >>> 16) * limit + Math.floor(lowPart / 65536);
      const leftover = (highPart % 65536) * 65536 + (lowPart % 65536);
      if (leftover >= limit || leftover >= (4_294_967_296 - limit) % limit)
        return Math.floor(highPart / 65536);
    }
  }

  /** Adds to each number how often its place is chosen, of as many choices as there are places. */
  countChoices(times: Uint32Array): void {
    const { length } = times;
    for (let draw = 0; draw < length; draw += 1) {
      const place = this.below(length);
      times[place] = (times[place] ?? 0) + 1;
    }
  }

  /**
   * Up to 31 bits, the first lowest, as `rng.integers(2, dtype=bool)` takes them: of each 32 the lowest first.
   */
  nextBits(count: number): number {
    if (this.#bitsLeft >= count) {
      const bits = this.#bits & ((1 << count) - 1);
      this.#bits >>>= count;
      this.#bitsLeft -= count;
      return bits;
    }
    const [first, had] = [this.#bits, this.#bitsLeft];
    this.#bits = this.nextUint32();
    this.#bitsLeft = 32;
    return (first & ((1 << had) - 1)) | (this.nextBits(count - had) << had);
  }

  /** state · multiplier + increment, modulo 2^128. */
  #step(): void {
    const state = this.#state;
    const add = this.#increment;
    const s0 = state[0] ?? 0;
    const s1 = state[1] ?? 0;
    const s2 = state[2] ?? 0;
    const s3 = state[3] ?? 0;
    const s4 = state[4] ?? 0;
    const s5 = state[5] ?? 0;
    const s6 = state[6] ?? 0;
    const s7 = state[7] ?? 0;
    let column = s0 * m0 + (add[0] ?? 0);
    state[0] = column & 0xffff;
    column = Math.floor(column / 65536) + s0 * m1 + s1 * m0 + (add[1] ?? 0);
    state[1] = column & 0xffff;
    column = Math.floor(column / 65536) + s0 * m2 + s1 * m1 + s2 * m0 + (add[2] ?? 0);
    state[2] = column & 0xffff;
    column = Math.floor(column / 65536) + s0 * m3 + s1 * m2 + s2 * m1 + s3 * m0 + (add[3] ?? 0);
    state[3] = column & 0xffff;
    column = Math.floor(column / 65536) + s0 * m4 + s1 * m3 + s2 * m2 + s3 * m1 + s4 * m0 + (add[4] ?? 0);
    state[4] = column & 0xffff;
    column =
      Math.floor(column / 65536) + s0 * m5 + s1 * m4 + s2 * m3 + s3 * m2 + s4 * m1 + s5 * m0 + (add[5] ?? 0);
    state[5] = column & 0xffff;
    column =
      Math.floor(column / 65536) +
      (s0 * m6 + s1 * m5 + s2 * m4 + s3 * m3 + s4 * m2 + s5 * m1 + s6 * m0 + (add[6] ?? 0));
    state[6] = column & 0xffff;
    column =
      Math.floor(column / 65536) +
      (s0 * m7 + s1 * m6 + s2 * m5 + s3 * m4 + s4 * m3 + s5 * m2 + s6 * m1 + s7 * m0 + (add[7] ?? 0));
    state[7] = column & 0xffff;
  }
}
