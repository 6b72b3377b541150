import fc from "fast-check";
import { expect, it } from "vitest";

import { joinSmall } from "./join-small.js";

it("gives the same bytes in the same order, and no two small chunks behind each other", () => {
  const sizes = fc.array(fc.oneof(fc.nat(20), fc.integer({ min: 8_000, max: 9_000 })), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const chunks = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
      const joined = joinSmall(chunks);
      expect(Buffer.concat(joined).equals(Buffer.concat(chunks))).toBe(true);
      const large = chunks.filter(({ byteLength }) => byteLength > 8 << 10).length;
      expect(joined.length).toBeLessThanOrEqual(2 * large + 1);
    }),
  );
});
