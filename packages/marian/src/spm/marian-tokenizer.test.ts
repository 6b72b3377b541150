import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { createEncoder } from "./create-encoder.js";
import { MarianTokenizer } from "./marian-tokenizer.js";
import { readSentencePieceModel } from "./read-sentence-piece-model.js";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const model = join(repository, "datasets/sample/model");
const corpus = process.env.LEYENDA_CORPUS;

interface Fixture {
  sentencepiece: string;
  models: { path: string; cases: { text: string; pieces: string[] }[] }[];
}

const fixture = JSON.parse(
  await readFile(join(repository, "tools/oracle/fixtures/sentencepiece/pieces.json"), "utf8"),
) as Fixture;

describe("pieces", () => {
  for (const { path, cases } of fixture.models) {
    const [root, rest = ""] = path.split(":");
    const folder = root === "repository" ? repository : corpus;
    it.skipIf(folder === undefined)(
      `are those of the C++ library for ${path} (corpus: needs LEYENDA_CORPUS)`,
      async () => {
        const encode = createEncoder(await readSentencePieceModel(join(folder ?? "", rest)));
        expect(cases.length).toBeGreaterThan(30);
        for (const { text, pieces } of cases) expect(encode(text), JSON.stringify(text)).toEqual(pieces);
      },
    );
  }
});

describe("MarianTokenizer", () => {
  it("ends with </s>, also when it cuts", async () => {
    const tokenizer = await MarianTokenizer.load(model);
    const whole = tokenizer.encode("a black dog on the beach", 64);
    expect(whole.truncated).toBe(false);
    expect(whole.ids.at(-1)).toBe(0);
    const cut = tokenizer.encode("a black dog on the beach", 4);
    expect(cut).toMatchObject({ truncated: true, ids: [...whole.ids.slice(0, 3), 0] });
  });

  it("counts pieces that the vocabulary does not know", async () => {
    const tokenizer = await MarianTokenizer.load(model);
    expect(tokenizer.encode("a 犬 dog", 64).unknown).toBe(1);
  });

  it("gives back the text of its own ids", async () => {
    const tokenizer = await MarianTokenizer.load(model);
    const text = "Two cats are sleeping in the garden.";
    expect(tokenizer.decode(tokenizer.encode(text, 64).ids)).toBe(text);
  });

  it("normalises punctuation and lower-cases capitals of a source, if told to", async () => {
    const plain = await MarianTokenizer.load(model);
    const tokenizer = await MarianTokenizer.load(model, { normalizePunctuation: true, lowerAllCaps: true });
    expect(tokenizer.encode("TOM’S BLACK DOG", 64)).toEqual(plain.encode("Tom's black dog", 64));
    expect(plain.encode("TOM’S BLACK DOG", 64)).not.toEqual(plain.encode("Tom's black dog", 64));
    expect(tokenizer.encodeTarget("PERRO NEGRO", 64)).toEqual(plain.encodeTarget("PERRO NEGRO", 64));
  });

  it("names a vocabulary that is missing", async () => {
    await expect(MarianTokenizer.load(join(repository, "nowhere"))).rejects.toMatchObject({
      code: "MODEL_MISSING",
    });
  });
});
