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
    expect(bits.map(() => coins.nextBit())).toEqual(bits);
  });
});
