import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { lowerAllCaps } from "./lower-all-caps.js";
import { normalizePunctuation } from "./normalize-punctuation.js";

describe("normalizePunctuation", () => {
  it.each([
    ["“Quoted” it’s", '"Quoted" it\'s'],
    ["（１２％）：犬、猫。鳥", "(12%):犬,猫. 鳥"],
    ["wait…", "wait..."],
    ["zero\u200bwidth\ufeff", "zerowidth"],
    ["tab\tbell\u0007", "tab bell"],
    ["plain, text.", "plain, text."],
  ])("writes %j as %j", (text, expected) => {
    expect(normalizePunctuation(text)).toBe(expected);
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = normalizePunctuation(text);
        expect(normalizePunctuation(once)).toBe(once);
      }),
    );
  });
});

describe("lowerAllCaps", () => {
  it.each([
    ["BLACK DOG ON THE BEACH!", "Black dog on the beach!"],
    ["“ÁRBOL” EN OTOÑO", "“Árbol” en otoño"],
    ["NASA", "NASA"],
    ["NASA rocket", "NASA rocket"],
    ["12 345", "12 345"],
    ["", ""],
  ])("makes %j %j", (text, expected) => {
    expect(lowerAllCaps(text)).toBe(expected);
  });
});
