import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RateMeter } from "./rate-meter.js";
import { TokenBucket } from "./token-bucket.js";

const step = fc.record({
  ms: fc.double({ min: 0, max: 3_000, noNaN: true }),
  do: fc.constantFrom("take", "take", "take", "take", "give back", "slow down", "pause"),
});

describe("TokenBucket", () => {
  it("gives no more than burst + rate · t in any window, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 100, noNaN: true }),
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.array(step, { maxLength: 120 }),
        (rate, burst, steps) => {
          let now = 0;
          const bucket = new TokenBucket(rate, burst, now);
          const taken: number[] = [];
          for (const { ms, do: what } of steps) {
            now += ms;
            if (what === "take") {
              while (bucket.take(now)) taken.push(now);
            } else if (what === "give back") {
              if (taken.pop() !== undefined) bucket.giveBack();
            } else if (what === "pause") bucket.pause(now + ms);
            else bucket.slowDown(now, now, taken.filter((at) => at > now - 1_000).length);
          }
          for (const [first, from] of taken.entries()) {
            for (const [index, to] of taken.slice(first).entries())
              expect(index + 1).toBeLessThanOrEqual(burst + (rate * (to - from)) / 1_000 + 1e-6);
          }
        },
      ),
    );
  });

  it("gives a token after the time it says, and not a millisecond sooner", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 100, noNaN: true }), fc.nat(20), (rate, cuts) => {
        let now = 0;
        const bucket = new TokenBucket(rate, 1, now);
        bucket.take(now);
        for (let cut = 0; cut < cuts; cut += 1) bucket.slowDown(++now, now, 1);
        const ms = bucket.waitMs(now);
        expect(bucket.take(now + ms - 1.01)).toBe(false);
        expect(bucket.take(now + ms + 0.01)).toBe(true);
      }),
    );
  });

  it("halves once for all requests of before the cut, and is back in full after a minute", () => {
    const bucket = new TokenBucket(20, 20, 0);
    bucket.slowDown(1_000, 900, 20);
    bucket.slowDown(1_010, 950, 20);
    expect(bucket.rate(1_010)).toBeCloseTo(10, 1);
    bucket.slowDown(2_000, 1_500, 20);
    expect(bucket.rate(2_000)).toBeCloseTo(5, 0);
    expect(bucket.rate(32_000)).toBeCloseTo(15, 0);
    expect(bucket.rate(62_000)).toBe(20);
    expect(bucket.isFull(62_000)).toBe(true);
  });

  it("halves what the host was really asked, where that is less than the rate", () => {
    const bucket = new TokenBucket(1_000, 1_000, 0);
    bucket.slowDown(1_000, 1_000, 100);
    expect(bucket.rate(1_000)).toBe(50);
  });
});

it("RateMeter counts the last second exactly", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 400 }), (gaps) => {
      const meter = new RateMeter();
      const times: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        times.push(now);
        expect(meter.add(now)).toBe(times.filter((time) => time > now - 1_000).length);
      }
    }),
  );
});
