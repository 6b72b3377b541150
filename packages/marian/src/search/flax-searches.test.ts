import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
    early_stopping: boolean | "never";
    length_penalty?: number;
    min_length?: number;
    max_length?: number;
    num_return_sequences?: number;
  };
  /** For each caption, the ids and score of each translation, best first. */
  ids: number[][][];
  scores: number[][];
}

/** Written by tools/oracle/marian_flax.py. */
const { searches } = JSON.parse(
  await readFile(
    fileURLToPath(new URL("../../../../tools/oracle/fixtures/marian-flax.json", import.meta.url)),
    "utf8",
  ),
) as { searches: Record<string, Recorded> };

describe.skipIf(corpus === undefined)("a search by Flax's rules in fp32 (needs LEYENDA_CORPUS)", () => {
  let folder: string;
  let translator: Translator;
  let captions: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-flax-"));
    const from = join(folder, "checkpoint");
    await cp(checkpoint, from, { recursive: true });
    const path = join(from, "generation_config.json");
    const generation = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...generation, renormalize_logits: true }));
    await convertCheckpoint(from, join(folder, "model"), { precision: "fp32" });
    translator = await Translator.load(join(folder, "model"));
    const lines = (await readFile(join(checkpoint, "expected.greedy.tsv"), "utf8")).split("\n");
    captions = lines.map((line) => line.split("\t")[0] ?? "");
  });
  afterAll(async () => {
    await translator.close();
    await rm(folder, { recursive: true });
  });

  it.each(Object.entries(searches))(
    "finds the ids and scores that the reference finds: %s",
    async (_, { options, ids, scores }) => {
      const translations = await translator.translate(captions.slice(0, ids.length), {
        rules: "hf-flax",
        beams: options.num_beams,
        maxLength: options.max_length ?? 64,
        maxSourceLength: 64,
        earlyStopping: options.early_stopping,
        lengthPenalty: options.length_penalty ?? 1,
        minLength: options.min_length ?? 0,
        best: options.num_return_sequences ?? 1,
      });
      const found = translations.map(({ alternatives, ...best }) => [best, ...alternatives]);
      expect(found.map((all) => all.map((each) => each.ids))).toEqual(
        // Flax fills the room for the best with sequences of nothing but padding where fewer have ended.
        ids.map((all) => all.filter((each) => each.length > 0)),
      );
      for (const [row, all] of found.entries()) {
        for (const [rank, { score }] of all.entries()) {
          const wanted = scores[row]?.[rank] ?? 0;
          // Short ones that are preferred have scores of thousands, of which float32 knows 2 or 3 digits behind the point.
          expect(Math.abs(score - wanted)).toBeLessThan(5e-4 + 1e-6 * Math.abs(wanted));
        }
      }
    },
  );

  it("is refused, with what to do, where the model has its padding in the softmax", async () => {
    await convertCheckpoint(checkpoint, join(folder, "plain"));
    const plain = await Translator.load(join(folder, "plain"));
    await expect(plain.translate(["a dog"], { rules: "hf-flax" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: expect.stringContaining("renormalize_logits") as string,
    });
    await plain.close();
  });
});
