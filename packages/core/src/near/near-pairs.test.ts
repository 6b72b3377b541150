import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findNearPairs } from "./find-near-pairs.js";
import { findNeighbours } from "./find-neighbours.js";
import { hashDistance, type Scratch } from "./near-bands.js";
import type { Words } from "../words/words.js";

function words(hashes: readonly bigint[]): Words {
  return {
    high: Uint32Array.from(hashes, (hash) => Number(hash >> 32n)),
    low: Uint32Array.from(hashes, (hash) => Number(hash & 0xffff_ffffn)),
  };
}

function scratchFor(rows: number): Scratch {
  return [new Uint32Array(rows), new Uint32Array(rows), new Uint32Array(rows)];
}

function distance(a: Words, i: number, b: Words, j: number): number {
  return hashDistance(a.high[i] ?? 0, a.low[i] ?? 0, b.high[j] ?? 0, b.low[j] ?? 0);
}

/** Pairs as "a b" with a < b, sorted. */
function banded(hashes: Words, isMember: Uint8Array, bits: number): string[] {
  const pairs = new Set<string>();
  findNearPairs(hashes, isMember, bits, scratchFor(isMember.length), (a, b) => {
    pairs.add(a < b ? `${a} ${b}` : `${b} ${a}`);
  });
  return [...pairs].sort();
}

function bruteForce(hashes: Words, isMember: Uint8Array, bits: number): string[] {
  const pairs: string[] = [];
  for (let b = 0; b < isMember.length; b += 1) {
    for (let a = 0; a < b; a += 1) {
      if (isMember[a] === 1 && isMember[b] === 1 && distance(hashes, a, hashes, b) <= bits)
        pairs.push(`${a} ${b}`);
    }
  }
  return pairs.sort();
}

/** Hashes that are up to 12 turned bits away from a few centres, so that every distance around the threshold is there. */
const crowdedHashes = fc
  .array(fc.bigInt(0n, 2n ** 64n - 1n), { minLength: 1, maxLength: 4 })
  .chain((centres) =>
    fc.array(fc.tuple(fc.constantFrom(...centres), fc.array(fc.nat(63), { maxLength: 12 })), {
      maxLength: 80,
    }),
  )
  .map((rows) =>
    rows.map(([centre, flips]) => flips.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), centre)),
  );

describe("findNearPairs", () => {
  it("finds exactly the pairs that comparing all with all finds, at every threshold", () => {
    fc.assert(
      fc.property(
        crowdedHashes,
        fc.integer({ min: 0, max: 10 }),
        fc.infiniteStream(fc.boolean()),
        (rows, bits, coin) => {
          const hashes = words(rows);
          const isMember = Uint8Array.from(rows, () => (coin.next().value ? 1 : 0));
          expect(banded(hashes, isMember, bits)).toEqual(bruteForce(hashes, isMember, bits));
        },
      ),
      { numRuns: 300 },
    );
  });

  // 20,000 and 300,000 rows are searched in four bands and in three.
  it.each([20_000, 300_000])("finds every planted pair among %d rows, and no other", (count) => {
    let state = 1;
    const random = (): number => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      state ^= state >>> 12;
      return (Math.imul(state, 0x297a2d39) ^ (state >>> 15)) >>> 0;
    };
    const hashes = {
      high: Uint32Array.from({ length: count }, random),
      low: Uint32Array.from({ length: count }, random),
    };
    const planted = new Set<string>();
    // Every distance from 0 to 10, of bits anywhere.
    for (let copy = 0; copy < 2200; copy += 1) {
      const [a, b] = [copy, count - 1 - copy];
      hashes.high[b] = hashes.high[a] ?? 0;
      hashes.low[b] = hashes.low[a] ?? 0;
      const flipped = new Set<number>();
      while (flipped.size < copy % 11) flipped.add(random() % 64);
      for (const bit of flipped) {
        const half = bit < 32 ? hashes.low : hashes.high;
        half[b] = ((half[b] ?? 0) ^ (1 << (bit % 32))) >>> 0;
      }
      if (flipped.size <= 6) planted.add(`${a} ${b}`);
    }
    const isMember = new Uint8Array(count).fill(1);
    const found = banded(hashes, isMember, 6);
    expect(found).toEqual([...planted].sort());
    if (count === 20_000) expect(found).toEqual(bruteForce(hashes, isMember, 6));
  });
});

describe("findNeighbours", () => {
  it("finds exactly the rows that comparing all with all finds, with their distances", () => {
    fc.assert(
      fc.property(crowdedHashes, crowdedHashes, fc.integer({ min: 0, max: 10 }), (rows, others, bits) => {
        const [hashes, queries] = [words(rows), words([...others, ...rows.slice(0, 3)])];
        const found = new Set<string>();
        const isMember = new Uint8Array(rows.length).fill(1);
        findNeighbours(hashes, isMember, queries, bits, scratchFor(rows.length), (query, row, far) => {
          found.add(`${query} ${row} ${far}`);
        });
        const expected = [...queries.high.keys()].flatMap((query) =>
          rows.flatMap((_, row) => {
            const far = distance(queries, query, hashes, row);
            return far <= bits ? [`${query} ${row} ${far}`] : [];
          }),
        );
        expect([...found].sort()).toEqual(expected.sort());
      }),
      { numRuns: 200 },
    );
  });
});
