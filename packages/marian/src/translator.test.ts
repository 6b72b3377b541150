import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { convertCheckpoint } from "./convert-checkpoint.js";
import { readModelInfo } from "./model-info.js";
import { Translator } from "./translator.js";

const corpus = process.env.LEYENDA_CORPUS;
const checkpoint = join(corpus ?? "", "marian/sample-en-es");
const sampleModel = fileURLToPath(new URL("../../../datasets/sample/model", import.meta.url));

/**
 * Two rows of the recorded beam-4 outputs are not what the recorder's own versions say when they are run again (transformers
 * 5.18.0, torch 2.13.0, fp32; any batch size, SDPA and eager attention): these are that run's outputs, and its scores equal ours
 * to the seventh digit.
 */
const rerun = new Map([
  [
    "tourist attraction the gardens gifted by fashion business to the city",
    "Los turistas se enfrentan al jardín por la ciudad de la ciudad",
  ],
  [
    "video 3840x2160 - classic colored soccer ball rolling on the grass field and stops .",
    "Un avión de magnitud 6,5% de la nieve y el campo de la hierba se puso en el campo a través de la hierba.",
  ],
]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-marian-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(corpus === undefined)("a converted checkpoint in fp32 (needs LEYENDA_CORPUS)", () => {
  let translator: Translator;
  beforeAll(async () => {
    await convertCheckpoint(checkpoint, join(folder, "fp32"), { precision: "fp32" });
    translator = await Translator.load(join(folder, "fp32"));
  });
  afterAll(() => translator.close());

  it.each([
    ["greedy", 1],
    ["beam4", 4],
  ])("says what the reference says, in every row (%s)", async (name, beams) => {
    const lines = (await readFile(join(checkpoint, `expected.${name}.tsv`), "utf8")).trimEnd().split("\n");
    const rows = lines.map((line) => line.split("\t"));
    expect(rows).toHaveLength(1000);
    const captions = rows.map(([caption = ""]) => caption);
    const translations = await translator.translate(captions, {
      beams,
      maxLength: 64,
      maxSourceLength: 64,
      earlyStopping: true,
    });
    const expected = rows.map(
      ([caption = "", text]) => (beams === 4 ? rerun.get(caption) : undefined) ?? text,
    );
    expect(translations.map(({ text }) => text)).toEqual(expected);
  });

  it("says the same whatever is translated beside it, and in whatever order", async () => {
    const lines = (await readFile(join(checkpoint, "expected.beam4.tsv"), "utf8"))
      .trimEnd()
      .split("\n")
      .slice(0, 60);
    const captions = lines.map((line) => line.split("\t")[0] ?? "");
    const together = await translator.translate(captions, { beams: 4, batchTokens: 16_384 });
    const alone = await Promise.all(
      [...captions]
        .reverse()
        .map(async (caption) => (await translator.translate([caption], { beams: 4 }))[0]),
    );
    expect(alone.reverse().map((each) => each?.ids)).toEqual(together.map(({ ids }) => ids));
  });

  it("refuses weights that are cut short, lack a tensor, or have another shape, naming the tensor", async () => {
    const broken = join(folder, "broken");
    await cp(checkpoint, broken, { recursive: true });
    const weights = await readFile(join(checkpoint, "model.safetensors"));
    const convert = (): Promise<unknown> =>
      convertCheckpoint(broken, join(folder, "out"), { precision: "fp32" });

    await writeFile(join(broken, "model.safetensors"), weights.subarray(0, weights.length - 1000));
    await expect(convert()).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("truncated") as string,
    });

    await writeFile(join(broken, "model.safetensors"), weights.subarray(0, 5));
    await expect(convert()).rejects.toMatchObject({ code: "MODEL_INVALID" });

    const renamed = Buffer.from(weights);
    renamed.write(
      "fc9",
      renamed.indexOf("model.encoder.layers.1.fc1.weight") + "model.encoder.layers.1.".length,
    );
    await writeFile(join(broken, "model.safetensors"), renamed);
    await expect(convert()).rejects.toMatchObject({
      code: "MODEL_INVALID",
      where: expect.stringContaining("encoder.layers.1.fc1.weight") as string,
    });

    await writeFile(join(broken, "model.safetensors"), weights);
    const config = JSON.parse(await readFile(join(broken, "config.json"), "utf8")) as object;
    await writeFile(
      join(broken, "config.json"),
      JSON.stringify({ ...config, vocab_size: 8002, decoder_vocab_size: 8002 }),
    );
    await expect(convert()).rejects.toMatchObject({
      where: expect.stringContaining("shared.weight") as string,
    });

    await writeFile(join(broken, "config.json"), JSON.stringify({ ...config, activation_function: "gelu" }));
    await expect(convert()).rejects.toMatchObject({
      where: expect.stringContaining("activation_function") as string,
    });

    await rm(join(broken, "source.spm"));
    await writeFile(join(broken, "config.json"), JSON.stringify(config));
    await expect(convert()).rejects.toMatchObject({
      code: "MODEL_MISSING",
      where: join(broken, "source.spm"),
    });
  });
});

describe("the sample's int8 model", () => {
  let translator: Translator;
  beforeAll(async () => {
    translator = await Translator.load(sampleModel);
  });
  afterAll(() => translator.close());

  it("translates a caption into words", async () => {
    const [translation] = await translator.translate(["a black dog is running on the beach"]);
    expect(translation).toMatchObject({ truncated: false, unknown: 0, reachedMaxLength: false });
    expect(translation?.text).toMatch(/perro/i);
  });

  it("says the same whatever is translated beside it: activations are quantised row by row", async () => {
    const captions = [
      "a red car",
      "two cats sleeping in the garden on a sunny day",
      "the lamp is on the old brown table",
    ];
    const together = await translator.translate(captions);
    for (const [index, caption] of captions.entries()) {
      const [alone] = await translator.translate([caption]);
      expect(alone?.ids).toEqual(together[index]?.ids);
    }
  });

  it.each([
    ["empty", ""],
    ["blank", " \u00a0 "],
    ["10,000 characters", "a very long caption ".repeat(500)],
    ["control characters", "a\u0000b\u0007c\u001b[31m dog"],
    ["emoji", "👩‍👩‍👧‍👦🎉 party 🐶"],
    ["right to left", "كلب أسود a black dog"],
    ["punctuation", "!!! ??? ... --- ;;;"],
    ["a lone surrogate", "dog \ud800 cat"],
    ["special tokens", "a </s> dog <pad> <unk> >>fr<< cat"],
  ])("takes a caption that is %s", async (_, caption) => {
    const [translation] = await translator.translate([caption], { maxLength: 32, maxSourceLength: 64 });
    expect(typeof translation?.text).toBe("string");
    expect(translation?.sourceTokens).toBeLessThanOrEqual(64);
    expect(translation?.ids.length).toBeLessThan(32);
    expect(translation?.truncated).toBe(caption.length > 1000);
  });

  it("returns a translation for every caption, in order, and none for none", async () => {
    expect(await translator.translate([])).toEqual([]);
    const captions = ["a house", "a very long and winding road near the river", "a house"];
    const [first, , third] = await translator.translate(captions, { beams: 1 });
    expect(first).toEqual(third);
  });
});

describe("a model folder", () => {
  it("that is not there is named, with what to do", async () => {
    await expect(Translator.load(join(folder, "nowhere"))).rejects.toMatchObject({
      code: "MODEL_MISSING",
      where: join(folder, "nowhere/leyenda-model.json"),
      hint: expect.stringContaining("model convert") as string,
    });
  });

  it("with a damaged graph is refused by name", async () => {
    const damaged = join(folder, "damaged");
    await cp(sampleModel, damaged, { recursive: true });
    const graph = await readFile(join(damaged, "decoder.onnx"));
    await writeFile(join(damaged, "decoder.onnx"), graph.subarray(0, 1000));
    await expect(Translator.load(damaged)).rejects.toMatchObject({
      code: "MODEL_INVALID",
      where: join(damaged, "decoder.onnx"),
    });
  });

  it("names the hash of all of its files", async () => {
    const info = await readModelInfo(sampleModel);
    const { createHash } = await import("node:crypto");
    for (const [name, { sha256 }] of Object.entries(info.files)) {
      const bytes = await readFile(join(sampleModel, name));
      expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sha256);
    }
  });
});
