import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bleu } from "../src/metrics/bleu.js";
import { chrf } from "../src/metrics/chrf.js";
import { ciderD } from "../src/metrics/cider-d.js";
import { distinctN } from "../src/metrics/distinct-n.js";
import { hfBleu } from "../src/metrics/hf-bleu.js";
import { lengthStatistics } from "../src/metrics/length-statistics.js";
import { mostFrequent } from "../src/metrics/most-frequent.js";
import { rougeL } from "../src/metrics/rouge-l.js";
import { type ExpectedScores, expectScores, type Systems } from "./expected-scores.js";
import { readFixture } from "./read-fixture.js";

const pairs = await readFixture<(Systems & { name: string })[]>("pairs.json");
const { cases } = await readFixture<{ cases: (ExpectedScores & { name: string })[] }>("scores.json");

describe("scores", () => {
  it.each(pairs)("are those of Python's programs: $name", (systems) => {
    const expected = cases.find(({ name }) => name === systems.name);
    if (expected === undefined) throw new Error("not in scores.json");
    expectScores(systems, expected);
  });

  it("stay within their bounds, whatever is compared", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.array(text, { minLength: 1 })), { minLength: 1 }), (all) => {
        const [hypotheses, references] = [all.map(([a]) => a), all.map(([, b]) => b)];
        const words = hypotheses.map((each) => each.split(" "));
        const referenceWords = references.map((each) => each.map((reference) => reference.split(" ")));
        for (const score of [
          bleu(hypotheses, references).score,
          bleu(hypotheses, references, { tokenize: "intl" }).score,
          chrf(hypotheses, references).score,
          chrf(hypotheses, references, { wordOrder: 2 }).score,
          ...hfBleu(hypotheses, references).scores.map((each) => each * 100),
          ...rougeL(words, referenceWords).map((each) => each * 100),
          ...ciderD(words, referenceWords),
        ]) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
    );
  });

  it("are best for a reference's own words", () => {
    const texts = ["un perro negro corre por la playa", "dos niñas leen un libro rojo"];
    const references = texts.map((text) => [text]);
    expect(bleu(texts, references).score).toBeCloseTo(100, 9);
    expect(chrf(texts, references, { wordOrder: 2 }).score).toBeCloseTo(100, 9);
    expect(hfBleu(texts, references).scores.map((score) => score.toFixed(9))).toEqual(
      new Array(4).fill("1.000000000"),
    );
    const words = texts.map((text) => text.split(" "));
    expect([
      ...rougeL(
        words,
        words.map((each) => [each]),
      ),
    ]).toEqual([1, 1]);
  });

  it("refuse lists of different lengths, and hypotheses without a reference", () => {
    for (const score of [bleu, chrf, hfBleu]) {
      expect(() => score(["a"], [])).toThrow("1 hypotheses, but references for 0");
      expect(() => score(["a", "b"], [["a"], []])).toThrow("hypothesis 1 has no reference");
    }
  });
});

describe("figures of captions alone", () => {
  const captions = ["un perro", "un perro negro", "un perro", ""].map((caption) =>
    caption.split(" ").filter((word) => word !== ""),
  );

  it("count different n-grams over all", () => {
    expect(distinctN(captions, 1)).toBe(3 / 7);
    expect(distinctN(captions, 2)).toBe(2 / 4);
    expect(distinctN([[]], 2)).toBe(0);
  });

  it("find the most frequent", () => {
    expect(mostFrequent(["a", "b", "b", "a", "c"])).toEqual({ caption: "a", count: 2, share: 0.4 });
    expect(mostFrequent([])).toBeNull();
  });

  it("say how long they are", () => {
    expect(lengthStatistics(captions)).toEqual({
      ...{ mean: 7 / 4, standardDeviation: Math.sqrt(19) / 4, min: 0, median: 2, max: 3, empty: 1 },
    });
    expect(lengthStatistics([])).toMatchObject({ mean: 0, max: 0, empty: 0 });
  });
});
