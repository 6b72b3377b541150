import fc from "fast-check";
import { expect, it } from "vitest";

import { BatchMemory } from "./batch-memory.js";

it("gives each piece of the batches in hand its own bytes, wherever it begins to lack room", () => {
  const batches = fc.array(fc.array(fc.nat(300), { maxLength: 20 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 3 }), (sizes, inHand) => {
      const memory = new BatchMemory(inHand);
      const taken: Buffer[][] = [];
      let filling = 0;
      for (const pieces of sizes) {
        const take = memory.nextBatch();
        taken.push(pieces.map((size) => take(size).fill((filling += 1))));
        if (taken.length > inHand) taken.shift();
        expect(taken.at(-1)?.map(({ length }) => length)).toEqual(pieces);
        const all = taken.flat();
        for (const [index, piece] of all.entries()) {
          const wanted = (filling - all.length + index + 1) % 256;
          expect(piece.every((byte) => byte === wanted)).toBe(true);
          expect(piece.byteOffset % 8).toBe(0);
        }
      }
    }),
  );
});

it("gives the memory of a batch again to one that is no larger", () => {
  const memory = new BatchMemory(2);
  const buffers = [100, 100, 100, 100, 90, 100].map((size) => memory.nextBatch()(size).buffer);
  expect(new Set(buffers.slice(0, 4)).size).toBe(4);
  expect(buffers[4]).toBe(buffers[2]);
  expect(buffers[5]).toBe(buffers[3]);
});
