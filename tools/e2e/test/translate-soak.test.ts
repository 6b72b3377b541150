import { expect, it } from "vitest";

import { runTranslateSoak } from "../src/index.js";

it("translates 5,000 captions to the same bytes whole, killed and resumed, and from a full cache", async () => {
  const soak = await runTranslateSoak(5000, { rowsPerPart: 1000, kills: [0.4, 0.8] });
  const { uninterrupted, killed, cached } = soak;
  expect(killed.hash, JSON.stringify(soak)).toBe(uninterrupted.hash);
  expect(cached.hash, JSON.stringify(soak)).toBe(uninterrupted.hash);
  const { looked, found } = cached.summary.cache as { looked: number; found: number };
  expect(looked).toBeGreaterThan(4000);
  expect(found).toBe(looked);
  // What was odd is flagged, and the counts do not depend on the way.
  expect(uninterrupted.summary.flags).toMatchObject({
    source_truncated: expect.any(Number) as number,
    unknown_pieces: expect.any(Number) as number,
  });
  expect(killed.summary).toMatchObject(uninterrupted.summary);
});
