import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { foldText } from "./fold-text.js";

describe("folded text", () => {
  it("has neither case nor accents, composed or not", () => {
    expect(foldText("Un NIÑO está aquí, pingüino")).toBe("un nino esta aqui, pinguino");
    expect(foldText("nin\u0303o")).toBe(foldText("NIÑO"));
  });

  it("of many captions in a row lacks no word that one of them has", () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("Σ", "ς", "İ", "\u0301")),
    });
    fc.assert(
      fc.property(text, text, (first, second) => {
        expect(foldText(first + second)).toBe(foldText(first) + foldText(second));
      }),
    );
  });
});
