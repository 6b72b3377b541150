import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hashJson, type Json } from "./hash-json.js";

describe("hashJson", () => {
  it("does not depend on the order of keys", () => {
    expect(hashJson({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashJson({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it("differs for different values", () => {
    const values: Json[] = [null, 0, "", "0", [], {}, [[]], { a: null }, { a: [] }, "null"];
    expect(new Set(values.map(hashJson)).size).toBe(values.length);
  });

  it("is the same after a trip through JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(hashJson(JSON.parse(JSON.stringify(value)) as Json)).toBe(hashJson(value as Json));
      }),
    );
  });
});
