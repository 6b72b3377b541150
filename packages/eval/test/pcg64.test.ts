import { describe, expect, it } from "vitest";

import { Pcg64 } from "../src/random/pcg64.js";
import { readFixture } from "./read-fixture.js";

const { cases } = await readFixture<{
  cases: { seed: number; limit: number; choice: number[]; bits: number[] }[];
}>("random.json");

describe("Pcg64", () => {
  it.each(cases)("draws what numpy does: seed $seed, below $limit", ({ seed, limit, choice, bits }) => {
    const random = new Pcg64(seed);
    expect(choice.map(() => random.below(limit))).toEqual(choice);
    const coins = new Pcg64(seed);
    expect(bits.map(() => coins.nextBits(1))).toEqual(bits);
    // In pieces that do not fit into words of 32.
    const pieces = new Pcg64(seed);
    const taken = Array.from({ length: 14 }, () => pieces.nextBits(7));
    expect(taken.flatMap((piece) => Array.from({ length: 7 }, (_, bit) => (piece >> bit) & 1))).toEqual(
      bits.slice(0, 98),
    );
  });
});
