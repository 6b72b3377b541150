import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { convertCheckpoint } from "../convert-checkpoint.js";
import type { Precision } from "../onnx/layers.js";
import { buildShortlist } from "../shortlist/build-shortlist.js";
import { MarianTokenizer } from "../spm/marian-tokenizer.js";
import { Translator } from "../translator.js";

/** Written by tools/oracle/marian_vocabularies.py. */
const fixtures = fileURLToPath(
  new URL("../../../../tools/oracle/fixtures/marian-vocabularies", import.meta.url),
);
const kinds = ["separate", "separate-untied"] as const;

interface Said {
  greedy: number[][];
  beam4: number[][];
}

type Expected = Record<
  (typeof kinds)[number],
  { sources: number[][]; labels: number[][]; decoded: string[]; free: Said; banned: Said }
> & { texts: string[]; target_texts: string[]; max_length: number };

const expected = JSON.parse(await readFile(join(fixtures, "expected.json"), "utf8")) as Expected;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-vocabularies-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The fixture, without its banned runs if `free`. */
async function checkpoint(kind: string, free: boolean): Promise<string> {
  const copy = join(folder, `${kind}-${free ? "free" : "banned"}`);
  await cp(join(fixtures, kind), copy, { recursive: true });
  const path = join(copy, "generation_config.json");
  const generation = JSON.parse(await readFile(path, "utf8")) as { bad_words_ids: number[][] };
  const banned = generation.bad_words_ids.filter((ids) => !free || ids.length === 1);
  await writeFile(path, JSON.stringify({ ...generation, bad_words_ids: banned }));
  return copy;
}

async function translate(
  from: string,
  beams: number,
  { precision = "fp32", shortlist }: { precision?: Precision; shortlist?: string } = {},
): Promise<{ ids: number[]; text: string }[]> {
  const to = await mkdtemp(join(folder, "model-"));
  await convertCheckpoint(from, to, { precision, ...(shortlist === undefined ? {} : { shortlist }) });
  const translator = await Translator.load(to);
  try {
    return await translator.translate(expected.texts, { beams, maxSourceLength: expected.max_length });
  } finally {
    await translator.close();
  }
}

describe.each(kinds)("a model with a vocabulary for each language (%s)", (kind) => {
  const { sources, labels, decoded, free, banned } = expected[kind];

  it("has the ids of transformers for sources and for labels", async () => {
    const tokenizer = await MarianTokenizer.load(join(fixtures, kind));
    expect(expected.texts.map((text) => tokenizer.encode(text, expected.max_length).ids)).toEqual(sources);
    expect(expected.target_texts.map((text) => tokenizer.encodeTarget(text, 64).ids)).toEqual(labels);
  });

  it("gives the words of transformers", async () => {
    const from = await checkpoint(kind, true);
    const ids = async (beams: number): Promise<number[][]> =>
      (await translate(from, beams)).map((each) => each.ids);
    expect(await ids(1)).toEqual(free.greedy);
    expect(await ids(4)).toEqual(free.beam4);
  });

  it("gives the words of transformers where runs of several tokens are banned", async () => {
    const from = await checkpoint(kind, false);
    expect((await translate(from, 1)).map(({ ids }) => ids)).toEqual(banned.greedy);
    const beam4 = await translate(from, 4);
    expect(beam4.map(({ ids }) => ids)).toEqual(banned.beam4);
    expect(beam4.map(({ text }) => text)).toEqual(decoded);
  });

  it("can be held in int8, and chooses among a shortlist of all words as among all words", async () => {
    const from = await checkpoint(kind, true);
    const lists = join(folder, `${kind}.bin`);
    await writeFile(lists, buildShortlist([[[0], [0]]], { firstWords: 1000 }));
    const plain = await translate(from, 4, { precision: "int8" });
    const listed = await translate(from, 4, { precision: "int8", shortlist: lists });
    expect(listed.map(({ ids }) => ids)).toEqual(plain.map(({ ids }) => ids));
  });
});
