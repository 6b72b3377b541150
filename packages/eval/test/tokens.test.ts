import { describe, expect, it } from "vitest";

import { spanishPunkt } from "../src/metrics/punkt-parameters.js";
import { stripEnd } from "../src/metrics/python-whitespace.js";
import { splitSentences } from "../src/metrics/split-sentences.js";
import { tokenize13a } from "../src/metrics/tokenize-13a.js";
import { tokenizeCaption } from "../src/metrics/tokenize-caption.js";
import { tokenizeIntl } from "../src/metrics/tokenize-intl.js";
import { tokenizeWords } from "../src/metrics/tokenize-words.js";
import { readFixture } from "./read-fixture.js";

interface Tokens {
  text: string;
  sentences: string[];
  words: string[];
  "13a": string[];
  intl: string[];
  caption: string[];
}

const { cases } = await readFixture<{ cases: Tokens[] }>("tokens.json");

describe("tokens", () => {
  it.each(cases)("are those of nltk and sacrebleu: $text", (expected) => {
    const { text } = expected;
    expect(splitSentences(text, spanishPunkt())).toEqual(expected.sentences);
    expect(tokenizeWords(text)).toEqual(expected.words);
    // An empty text is one empty token once Python has split it at spaces.
    expect(tokenize13a(stripEnd(text)).join(" ")).toBe(expected["13a"].join(" "));
    expect(tokenizeIntl(stripEnd(text)).join(" ")).toBe(expected.intl.join(" "));
    expect(tokenizeCaption(text)).toEqual(expected.caption);
  });

  it("of a long text without white space take no longer than their length", () => {
    const long = `${"a.b".repeat(100_000)}. Fin.`;
    expect(tokenizeWords(long).at(-1)).toBe(".");
  });
});
