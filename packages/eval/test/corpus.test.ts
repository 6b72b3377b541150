import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { stripEnd } from "../src/metrics/python-whitespace.js";
import { tokenize13a } from "../src/metrics/tokenize-13a.js";
import { tokenizeCaption } from "../src/metrics/tokenize-caption.js";
import { tokenizeIntl } from "../src/metrics/tokenize-intl.js";
import { tokenizeWords } from "../src/metrics/tokenize-words.js";
import { type ExpectedScores, expectScores, type Systems } from "./expected-scores.js";
import { readFixture } from "./read-fixture.js";

const corpus = process.env.LEYENDA_CORPUS ?? "";

interface ExpectedTokens {
  name: string;
  rows: number;
  words: string;
  "13a": string;
  intl: string;
  caption: string;
}

const expected = await readFixture<{
  suites: (ExpectedScores & { name: string; rows: number })[];
  texts: ExpectedTokens[];
}>("corpus.json");

// The captions themselves may not be kept in the repository: what Python says of them is.
describe.skipIf(corpus === "")("thousands of real captions (LEYENDA_CORPUS)", () => {
  it.each(expected.suites)("have Python's scores: $name, $rows rows", async (each) => {
    const systems = await readSuite(each.name);
    expect(systems.hypotheses).toHaveLength(each.rows);
    expectScores(systems, each);
  });

  it.each(expected.texts)("have Python's tokens: $name, $rows texts", async (each) => {
    const texts = await readTexts(each.name);
    expect(texts).toHaveLength(each.rows);
    expect(digest(texts.map(tokenizeWords))).toBe(each.words);
    expect(digest(texts.map((text) => tokenize13a(stripEnd(text))))).toBe(each["13a"]);
    expect(digest(texts.map((text) => tokenizeIntl(stripEnd(text))))).toBe(each.intl);
    expect(digest(texts.map(tokenizeCaption))).toBe(each.caption);
  });
});

/** Made as `suites` of `tools/oracle/metrics.py` makes them. */
async function readSuite(name: string): Promise<Required<Systems>> {
  if (name === "stsb-es") {
    const rows = (await readSts()).slice(0, 2500);
    const firsts = rows.map(([first = ""]) => first);
    const baseline = firsts.map((first, place) =>
      place % 7 === 0 ? (firsts[(place + 1) % firsts.length] ?? "") : first,
    );
    return { hypotheses: spoil(firsts), baseline, references: rows.map(([, second = ""]) => [second]) };
  }
  const several =
    name === "flickr30k"
      ? (await readLines("parallel/flickr30k-valid-en.jsonl")).map(
          (line) => (JSON.parse(line) as { sentences: string[] }).sentences,
        )
      : [...(await readTatoeba()).values()].filter(({ length }) => length >= 3);
  return {
    hypotheses: spoil(several.map(([first = ""]) => first)),
    baseline: several.map(([, second = ""]) => second),
    references: several.map((each) => each.slice(2)),
  };
}

async function readTexts(name: string): Promise<string[]> {
  switch (name) {
    case "stsb-es":
      return (await readSts()).flatMap((row) => row.slice(0, 2));
    case "xflickrco":
      return (await readLines("parallel/xflickrco-es-human.jsonl")).map(
        (line) => (JSON.parse(line) as { sentences: string[] }).sentences[0] ?? "",
      );
    case "opus-mt":
      return (await readLines("parallel/flickr30k-opus-mt-en-es.first-1500.tsv"))
        .slice(1)
        .map((line) => line.split("\t")[2] ?? "");
    case "tatoeba":
      return (await readTatoebaLines()).map(([, spanish = ""]) => spanish);
    default:
      return (await readLines("web/cc3m-validation.caption-url.tsv")).map(
        (line) => line.split("\t")[0] ?? "",
      );
  }
}

function spoil(hypotheses: readonly string[]): string[] {
  return hypotheses.map((hypothesis, place) => {
    const first = hypothesis.split(" ").find((word) => word !== "") ?? "";
    const spoilt = ["", new Array<string>(7).fill(first).join(" "), first];
    return spoilt[place % 50] ?? hypothesis;
  });
}

async function readSts(): Promise<string[][]> {
  return (await readLines("parallel/stsb-es-train.csv")).map((line) =>
    Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare]) =>
      quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'),
    ),
  );
}

async function readTatoeba(): Promise<Map<string, string[]>> {
  const translations = new Map<string, string[]>();
  for (const [english = "", spanish = ""] of await readTatoebaLines())
    translations.set(english, [...(translations.get(english) ?? []), spanish]);
  return translations;
}

async function readTatoebaLines(): Promise<string[][]> {
  const text = gunzipSync(await readFile(join(corpus, "parallel/tatoeba-en-es.2018.tsv.gz"))).toString();
  return linesOf(text).map((line) => line.split("\t"));
}

async function readLines(name: string): Promise<string[]> {
  return linesOf(await readFile(join(corpus, name), "utf8"));
}

function linesOf(text: string): string[] {
  return text.replace(/\n+$/, "").split("\n");
}

function digest(tokenized: readonly (readonly string[])[]): string {
  const hash = createHash("sha256");
  for (const tokens of tokenized) hash.update(`${tokens.join("\u0001")}\n`);
  return hash.digest("hex");
}
