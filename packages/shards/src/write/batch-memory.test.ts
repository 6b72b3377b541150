import fc from "fast-check";
import { expect, it } from "vitest";

import { BatchMemory } from "./batch-memory.js";

it("gives each piece of a batch its own bytes, wherever it begins to lack room", () => {
  const batches = fc.array(fc.array(fc.nat(300), { maxLength: 20 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(batches, (sizes) => {
      const memory = new BatchMemory();
      for (const pieces of sizes) {
        memory.nextBatch();
        const taken = pieces.map((size, index) => memory.take(size).fill(index + 1));
        expect(taken.map(({ length }) => length)).toEqual(pieces);
        for (const [index, piece] of taken.entries()) {
          expect(piece.every((byte) => byte === index + 1)).toBe(true);
          expect(piece.byteOffset % 8).toBe(0);
        }
      }
    }),
  );
});

it("gives the memory of a batch again to the next that is no larger", () => {
  const memory = new BatchMemory();
  const buffers = [100, 100, 90, 100].map((size) => {
    memory.nextBatch();
    return memory.take(size).buffer;
  });
  expect(buffers[1]).not.toBe(buffers[0]);
  expect(buffers[2]).toBe(buffers[1]);
  expect(buffers[3]).toBe(buffers[1]);
});
