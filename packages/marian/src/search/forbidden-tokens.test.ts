import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { forbiddenTokens } from "./forbidden-tokens.js";

const model = { startId: 9, endId: 0, bannedRuns: [] };

describe("forbiddenTokens", () => {
  it("keeps the end away until the shortest length, the start token counted", () => {
    const options = { noRepeatNgramSize: 0, minLength: 3, rules: "hf" } as const;
    expect(forbiddenTokens([4], options, model)).toEqual(new Set([0]));
    expect(forbiddenTokens([4, 5], options, model)).toEqual(new Set());
  });

  it("counts the start token among a run's tokens", () => {
    expect(forbiddenTokens([4, 9], { noRepeatNgramSize: 2, minLength: 0, rules: "hf" }, model)).toEqual(
      new Set([4]),
    );
  });

  it("forbids the last of a banned run where all before it is there, the start token counted, unless the rules are Flax's", () => {
    const options = { noRepeatNgramSize: 0, minLength: 0, rules: "hf" } as const;
    const runs = {
      ...model,
      bannedRuns: [
        [4, 5, 6],
        [9, 4],
        [5, 0],
      ],
    };
    expect(forbiddenTokens([4, 5], options, runs)).toEqual(new Set([6, 0]));
    expect(forbiddenTokens([5, 4], options, runs)).toEqual(new Set());
    // Two tokens are not yet there.
    expect(forbiddenTokens([], options, runs)).toEqual(new Set());
    expect(forbiddenTokens([4, 9], options, runs)).toEqual(new Set([4]));
    expect(forbiddenTokens([4, 5], { ...options, rules: "hf-flax" }, runs)).toEqual(new Set());
  });

  it("forbids exactly what would repeat a run of so many tokens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        (tokens, size) => {
          const sequence = [model.startId, ...tokens];
          const runs = (of: number[]): string[] =>
            of.slice(size - 1).map((_, start) => of.slice(start, start + size).join());
          const known = new Set(runs(sequence));
          const forbidden = forbiddenTokens(
            tokens,
            { noRepeatNgramSize: size, minLength: 0, rules: "hf" },
            model,
          );
          for (let token = 1; token <= 4; token += 1) {
            const added = runs([...sequence, token]).at(-1);
            expect(forbidden.has(token)).toBe(sequence.length + 1 >= size && known.has(added ?? ""));
          }
        },
      ),
    );
  });
});
