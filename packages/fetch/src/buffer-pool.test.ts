import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BufferPool } from "./buffer-pool.js";

describe("BufferPool", () => {
  it("never gives the same memory to two at a time, and always enough", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 200_000 }), { maxLength: 60 }), (steps) => {
        const pool = new BufferPool(500_000);
        const held: Buffer[] = [];
        for (const step of steps) {
          if (step > 0) {
            const taken = pool.take(step);
            expect(taken.length).toBeGreaterThanOrEqual(step);
            expect(held.some(({ buffer }) => buffer === taken.buffer)).toBe(false);
            held.push(taken);
          } else {
            const [given] = held.splice(-step, 1);
            if (given !== undefined) pool.give(given.subarray(0, 7));
          }
        }
      }),
    );
  });

  it("leaves alone what it did not lend, or has back already", () => {
    const pool = new BufferPool(1_000_000);
    const shared = Buffer.from("a few bytes in a buffer of Node's");
    pool.give(shared);
    expect(pool.take(1_000).buffer).not.toBe(shared.buffer);
    const lent = pool.take(20_000);
    pool.give(lent);
    pool.give(lent);
    expect(pool.take(20_000).buffer).toBe(lent.buffer);
    expect(pool.take(20_000).buffer).not.toBe(lent.buffer);
  });

  it("uses memory again, but not much more than is asked for", () => {
    const pool = new BufferPool(1_000_000);
    const first = pool.take(100_000);
    pool.give(first.subarray(0, 10));
    expect(pool.take(1_000).buffer).not.toBe(first.buffer);
    expect(pool.take(90_000).buffer).toBe(first.buffer);
  });

  it("keeps no more for later than it may", () => {
    const pool = new BufferPool(150_000);
    const [first, second] = [pool.take(100_000), pool.take(100_000)];
    pool.give(first);
    pool.give(second);
    expect(pool.take(100_000).buffer).toBe(first.buffer);
    expect(pool.take(100_000).buffer).not.toBe(second.buffer);
  });
});
