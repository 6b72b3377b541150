import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bleu } from "./bleu.js";
import { chrf } from "./chrf.js";

interface Case {
  name: string;
  hypotheses: string[];
  references: string[][];
  bleu: number;
  precisions: number[];
  bp: number;
  sysLen: number;
  refLen: number;
  chrf: number;
}

const fixture = fileURLToPath(
  new URL("../../../../tools/oracle/fixtures/metrics/sacrebleu.json", import.meta.url),
);
const { cases } = JSON.parse(await readFile(fixture, "utf8")) as { cases: Case[] };

describe("BLEU and chrF", () => {
  it.each(cases)("are sacrebleu's to 1e-9: $name", (each) => {
    const score = bleu(each.hypotheses, each.references);
    expect(score.score).toBeCloseTo(each.bleu, 9);
    expect(score.hypothesisLength).toBe(each.sysLen);
    expect(score.referenceLength).toBe(each.refLen);
    expect(score.brevityPenalty).toBeCloseTo(each.bp, 9);
    for (const [order, precision] of each.precisions.entries())
      expect(score.precisions[order]).toBeCloseTo(precision, 9);
    expect(chrf(each.hypotheses, each.references).score).toBeCloseTo(each.chrf, 9);
  });

  it("stay between 0 and 100, whatever is compared", () => {
    const texts = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(texts, (pairs) => {
        const [hypotheses, references] = [pairs.map(([a]) => a), pairs.map(([, b]) => [b])];
        for (const { score } of [bleu(hypotheses, references), chrf(hypotheses, references)]) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
    );
  });

  it("refuse lists of different lengths", () => {
    expect(() => bleu(["a"], [])).toThrow(RangeError);
    expect(() => chrf(["a"], [["a"], ["b"]])).toThrow("1 hypotheses");
  });
});
