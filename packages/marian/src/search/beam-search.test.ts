import { describe, expect, it } from "vitest";

import { BeamSearch } from "./beam-search.js";
import type { Continuation } from "./sentence-search.js";

const end = 0;
const options = {
  beams: 2,
  maxLength: 6,
  earlyStopping: true,
  lengthPenalty: 1,
  noRepeatNgramSize: 0,
  minLength: 0,
  rules: "hf",
} as const;

function candidate(beam: number, token: number, score: number): Continuation {
  return { beam, token, score };
}

describe("BeamSearch", () => {
  it("ignores an end that is not among the best k", () => {
    const search = new BeamSearch(options, end);
    search.advance([candidate(0, 5, -1), candidate(0, 6, -2), candidate(0, end, -2.1), candidate(0, 7, -3)]);
    expect(search.beams.map(({ tokens }) => tokens)).toEqual([[5], [6]]);
    search.advance([candidate(0, 8, -1.5), candidate(1, 8, -2.5), candidate(0, 9, -4), candidate(1, 9, -5)]);
    expect(search.done).toBe(false);
  });

  it("goes on with the next best in place of a beam that ended", () => {
    const search = new BeamSearch(options, end);
    const next = search.advance([
      candidate(0, end, -0.5),
      candidate(0, 5, -1),
      candidate(0, 6, -2),
      candidate(0, 7, -3),
    ]);
    expect(next.map(({ token }) => token)).toEqual([5, 6]);
  });

  it("is done when k have ended and it stops early", () => {
    const search = new BeamSearch(options, end);
    search.advance([candidate(0, end, -0.5), candidate(0, 5, -1), candidate(0, 6, -2), candidate(0, 7, -3)]);
    search.advance([
      candidate(0, end, -1.2),
      candidate(0, 8, -1.5),
      candidate(1, 8, -2.5),
      candidate(1, 9, -5),
    ]);
    expect(search.done).toBe(true);
    // −0.5 over one token against −1.2 over two.
    expect(search.found()[0]).toEqual({ tokens: [end], score: -0.5 });
  });

  it("goes on with earlyStopping false while a beam could still win", () => {
    const search = new BeamSearch({ ...options, earlyStopping: false, lengthPenalty: 2 }, end);
    search.advance([candidate(0, end, -3), candidate(0, 5, -1), candidate(0, 6, -2), candidate(0, 7, -3)]);
    search.advance([
      candidate(0, end, -8),
      candidate(0, 8, -1.5),
      candidate(1, 8, -2.5),
      candidate(1, 9, -5),
    ]);
    expect(search.done).toBe(false);
  });

  it("ends at the longest length with what it has", () => {
    const search = new BeamSearch({ ...options, maxLength: 2 }, end);
    search.advance([candidate(0, 5, -1), candidate(0, 6, -2), candidate(0, 7, -3), candidate(0, 8, -4)]);
    expect(search.done).toBe(true);
    expect(search.found()[0]?.tokens).toEqual([5]);
  });
});
