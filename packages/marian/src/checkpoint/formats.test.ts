import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ConvertOptions, convertCheckpoint } from "../convert-checkpoint.js";
import { type Translation, Translator } from "../translator.js";

const fixtures = fileURLToPath(new URL("../../../../tools/oracle/fixtures/marian-formats", import.meta.url));

interface Spoken {
  ids: number[];
  score: number;
}

interface Expected extends Record<"marian" | "ssru" | "ssru-intgemm8" | "ssru-intgemm16", Spoken[]> {
  texts: string[];
  /** What transformers says. */
  greedy: number[][];
  beam4: number[][];
}

const expected = JSON.parse(await readFile(join(fixtures, "expected.json"), "utf8")) as Expected;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-formats-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function translate(
  name: string,
  beams: number,
  maxSourceLength: number,
  options: ConvertOptions = {},
): Promise<Translation[]> {
  const to = join(folder, `${name}-${options.convention ?? ""}`);
  await convertCheckpoint(join(fixtures, name), to, { precision: "fp32", ...options });
  const translator = await Translator.load(to);
  try {
    return await translator.translate(expected.texts, {
      beams,
      maxLength: 24,
      maxSourceLength,
      earlyStopping: true,
      lengthPenalty: 1,
    });
  } finally {
    await translator.close();
  }
}

describe("the same weights, whatever they are read from, give the words of transformers:", () => {
  it.each([
    ["safetensors", "safetensors"],
    ["pytorch_model.bin, a zip, in fp32", "pytorch-fp32"],
    ["pytorch_model.bin, a zip, in bf16", "pytorch-bf16"],
    ["pytorch_model.bin of before torch 1.6, in fp16", "pytorch-legacy"],
    ["ONNX of optimum, encoder and decoder, weights beside the graph", "onnx-split"],
    ["ONNX of optimum, merged decoder", "onnx-merged"],
    ["Marian's npz, read as transformers reads it", "marian-npz"],
    ["Marian's bin in float32, read as transformers reads it", "marian-bin"],
    ["Marian's bin in float16, read as transformers reads it", "marian-bin-float16"],
  ])("%s", async (_, name) => {
    const greedy = await translate(name, 1, 24, { convention: "hugging-face" });
    expect(greedy.map(({ ids }) => ids)).toEqual(expected.greedy);
    const beam4 = await translate(name, 4, 24, { convention: "hugging-face" });
    expect(beam4.map(({ ids }) => ids)).toEqual(expected.beam4);
  });
});

describe("Marian's own files, computed as Marian computes, give the words and scores of the formulas in numpy:", () => {
  it.each([
    ["self-attention, npz", "marian-npz", "marian"],
    ["self-attention, float32", "marian-bin", "marian"],
    ["self-attention, float16", "marian-bin-float16", "marian"],
    ["SSRU, npz", "ssru-npz", "ssru"],
    ["SSRU, float16", "ssru-bin-float16", "ssru"],
    ["SSRU, 8-bit integers", "ssru-bin-intgemm8", "ssru-intgemm8"],
    ["SSRU, 16-bit integers", "ssru-bin-intgemm16", "ssru-intgemm16"],
  ] as const)("%s", async (_, name, key) => {
    const spoken = await translate(name, 1, 64);
    expect(spoken.map(({ ids }) => ids)).toEqual(expected[key].map(({ ids }) => ids));
    for (const [index, { score }] of expected[key].entries()) {
      expect(spoken[index]?.score).toBeCloseTo(score, 3);
    }
  });
});
