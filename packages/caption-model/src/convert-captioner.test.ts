import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, it } from "vitest";

import { Captioner } from "./captioner.js";
import { readCaptionModelInfo } from "./caption-model-info.js";
import { convertCaptioner } from "./convert-captioner.js";
import { isCaptionModel } from "./is-caption-model.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const tokenizer = join(fixtures, "marian-formats/safetensors");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-convert-captioner-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A copy of a checkpoint whose config.json is changed. */
async function changed(
  from: "flax" | "torch",
  change: (config: Record<string, Record<string, unknown>>) => void,
): Promise<string> {
  const to = join(folder, from);
  await cp(join(fixtures, "caption", from), to, { recursive: true });
  const path = join(to, "config.json");
  const config = JSON.parse(await readFile(path, "utf8")) as Record<string, Record<string, unknown>>;
  change(config);
  await writeFile(path, JSON.stringify(config));
  return to;
}

it("makes the same model, to the byte, each time", async () => {
  const [first, second] = [join(folder, "a"), join(folder, "b")];
  const info = await convertCaptioner(join(fixtures, "caption/flax"), first, { tokenizer });
  expect(await convertCaptioner(join(fixtures, "caption/flax"), second, { tokenizer })).toEqual(info);
  expect(await readCaptionModelInfo(second)).toEqual(info);
});

it("is known for a caption model, before and after", async () => {
  const to = join(folder, "model");
  await convertCaptioner(join(fixtures, "caption/torch"), to, { tokenizer });
  for (const model of [to, join(fixtures, "caption/torch"), join(fixtures, "caption/flax")])
    expect(await isCaptionModel(model)).toBe(true);
  for (const other of [tokenizer, join(folder, "nowhere")]) expect(await isCaptionModel(other)).toBe(false);
});

it("asks for the tokenizer where the checkpoint has none", async () => {
  await expect(convertCaptioner(join(fixtures, "caption/flax"), folder)).rejects.toMatchObject({
    code: "MODEL_MISSING",
    hint: expect.stringContaining("--tokenizer") as string,
  });
});

it.each([
  ["another width of the pictures' encoder", "clip_vision_config", { hidden_size: 48 }, /its shape is/],
  ["more layers than there are weights", "marian_config", { decoder_layers: 3 }, /the tensor is missing/],
  [
    "an output head of its own",
    "marian_config",
    { tie_word_embeddings: false },
    /only heads that are the embedding/,
  ],
  ["another activation", "clip_vision_config", { hidden_act: "gelu" }, /quick_gelu/],
])("refuses %s", async (_, part, values, message) => {
  const from = await changed("flax", (config) => Object.assign(config[part] ?? {}, values));
  await expect(convertCaptioner(from, join(folder, "out"), { tokenizer })).rejects.toThrow(message);
});

it("refuses a folder without weights, and a model of another kind", async () => {
  const from = await changed("flax", () => undefined);
  await rm(join(from, "flax_model.msgpack"));
  await expect(convertCaptioner(from, join(folder, "out"), { tokenizer })).rejects.toMatchObject({
    code: "MODEL_MISSING",
    expected: expect.stringContaining("flax_model.msgpack") as string,
  });
  await expect(Captioner.load(tokenizer)).rejects.toMatchObject({ code: "MODEL_MISSING" });
});
