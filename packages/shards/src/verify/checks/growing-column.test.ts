import fc from "fast-check";
import { expect, it } from "vitest";

import { GrowingColumn } from "./growing-column.js";

it("gives back what was pushed and appended, in order, and is empty then", () => {
  const step = fc.oneof(
    fc.nat(),
    fc.uint32Array({ maxLength: 5 }),
    fc.constant(new Uint32Array(70_000).fill(7)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const column = new GrowingColumn();
      for (const each of steps) {
        if (typeof each === "number") column.push(each);
        else column.append(each);
      }
      const all = Uint32Array.from(steps.flatMap((each) => (typeof each === "number" ? [each] : [...each])));
      expect(Buffer.from(column.take().buffer).equals(Buffer.from(all.buffer))).toBe(true);
      expect(column.take()).toHaveLength(0);
    }),
    { numRuns: 20 },
  );
});
