import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { countShards } from "./count-shards.js";
import { divideSplit } from "./shard-name.js";

const sizes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 200 });

describe("countShards", () => {
  it("passes no limit, with shards that differ by one row at the most, and one shard fewer would", () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1000, max: 20_000 }),
        (list, rows, bytes) => {
          const limits = { rowsPerShard: rows, bytesPerShard: bytes };
          const fits = (shards: number): boolean =>
            divideSplit("train", list.length, shards).every(
              ({ start, end }) =>
                end - start <= rows && list.slice(start, end).reduce((sum, size) => sum + size, 0) <= bytes,
            );
          const shards = countShards(Float64Array.from(list), limits);
          expect(fits(shards)).toBe(true);
          if (shards > 1) expect(fits(shards - 1)).toBe(false);
          const lengths = divideSplit("train", list.length, shards).map(({ start, end }) => end - start);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("gives a row that is too large a shard of its own, and no rows no shard", () => {
    expect(countShards(Float64Array.from([5, 5000]), { rowsPerShard: 10, bytesPerShard: 100 })).toBe(2);
    expect(countShards(new Float64Array(0), { rowsPerShard: 10, bytesPerShard: 100 })).toBe(0);
  });
});
