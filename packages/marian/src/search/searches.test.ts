import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { convertCheckpoint } from "../convert-checkpoint.js";
import { Translator } from "../translator.js";

const corpus = process.env.LEYENDA_CORPUS;
const checkpoint = join(corpus ?? "", "marian/sample-en-es");

interface Recorded {
  options: {
    num_beams: number;
    early_stopping?: boolean | "never";
    length_penalty?: number;
    no_repeat_ngram_size?: number;
    min_length?: number;
    max_length?: number;
    num_return_sequences?: number;
  };
  /** For each caption, the ids of each translation, best first. */
  ids: number[][][];
}

/** Written by tools/oracle/marian_search.py. */
const recorded = JSON.parse(
  await readFile(
    fileURLToPath(new URL("../../../../tools/oracle/fixtures/marian-search.json", import.meta.url)),
    "utf8",
  ),
) as { searches: Record<string, Recorded> };

describe.skipIf(corpus === undefined)("a search in fp32 (needs LEYENDA_CORPUS)", () => {
  let folder: string;
  let translator: Translator;
  let captions: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-search-"));
    await convertCheckpoint(checkpoint, folder, { precision: "fp32" });
    translator = await Translator.load(folder);
    const lines = (await readFile(join(checkpoint, "expected.greedy.tsv"), "utf8")).split("\n");
    captions = lines.map((line) => line.split("\t")[0] ?? "");
  });
  afterAll(async () => {
    await translator.close();
    await rm(folder, { recursive: true });
  });

  it.each(Object.entries(recorded.searches))(
    "finds the ids that the reference finds: %s",
    async (_, { options, ids }) => {
      const translations = await translator.translate(captions.slice(0, ids.length), {
        beams: options.num_beams,
        maxLength: options.max_length ?? 64,
        maxSourceLength: 64,
        earlyStopping: options.early_stopping ?? true,
        lengthPenalty: options.length_penalty ?? 1,
        noRepeatNgramSize: options.no_repeat_ngram_size ?? 0,
        minLength: options.min_length ?? 0,
        best: options.num_return_sequences ?? 1,
      });
      const found = translations.map(({ ids: best, alternatives }) => [
        best,
        ...alternatives.map((each) => each.ids),
      ]);
      expect(found).toEqual(ids);
    },
  );
});
