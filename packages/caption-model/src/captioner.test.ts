import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { Captioner } from "./captioner.js";
import { convertCaptioner } from "./convert-captioner.js";
import type { Caption } from "./pixel-captioner.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const tokenizer = join(fixtures, "marian-formats/safetensors");
const read = (name: string): unknown => JSON.parse(readFileSync(join(fixtures, "caption", name), "utf8"));
const ids = z.array(z.array(z.int()));
const flax = z
  .object({
    longest: z.int(),
    beam4: z.object({ ids, scores: z.array(z.number()) }),
    labels: ids,
    label_log_probabilities: z.array(z.array(z.number())),
  })
  .parse(read("flax/flax.json"));
const torch = z
  .object({
    longest: z.int(),
    searches: z.record(
      z.string(),
      z.object({
        options: z.object({
          num_beams: z.int(),
          early_stopping: z.union([z.boolean(), z.literal("never")]).default(false),
          length_penalty: z.number().default(1),
        }),
        ids,
        scores: z.array(z.number()),
      }),
    ),
  })
  .parse(read("torch/torch.json"));

const pictures = 64;
const edge = 32;
/** As `tools/oracle/caption_pixels.py` makes them. */
const pixels = Float32Array.from(
  { length: pictures * 3 * edge * edge },
  (_, at) => ((at * 7919 + Math.floor(at / 97) * 104_729) % 1021) / 256 - 2,
);

let folder: string;
const captioners: Record<string, Captioner> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-captioner-"));
  for (const [from, precision] of [
    ["flax", "fp32"],
    ["torch", "fp32"],
    ["flax", "int8"],
  ] as const) {
    const to = join(folder, `${from}-${precision}`);
    await convertCaptioner(join(fixtures, "caption", from), to, { precision, tokenizer });
    captioners[`${from}-${precision}`] = await Captioner.load(to);
  }
});
afterAll(async () => {
  for (const captioner of Object.values(captioners)) await captioner.close();
  await rm(folder, { recursive: true, force: true });
});

function named(name: string): Captioner {
  const captioner = captioners[name];
  if (captioner === undefined) throw new Error(`there is no ${name}`);
  return captioner;
}

function expectNear(found: readonly number[], wanted: readonly number[], within: number): void {
  expect(found).toHaveLength(wanted.length);
  for (const [at, value] of wanted.entries()) {
    const difference = Math.abs((found[at] ?? Number.NaN) - value);
    expect(difference, `${found[at] ?? ""} for ${value} at ${at}`).toBeLessThanOrEqual(within);
  }
}

describe("a checkpoint of the original's Flax classes", () => {
  it("gives Flax's captions, picture by picture alone and together", async () => {
    for (const batchSize of [1, 7, 64]) {
      const found = await named("flax-fp32").captionPixels(pixels, {
        rules: "hf-flax",
        maxLength: flax.longest,
        batchSize,
      });
      expect(found.map((caption) => caption.ids)).toEqual(flax.beam4.ids);
      expectNear(
        found.map(({ score }) => score),
        flax.beam4.scores,
        1e-4,
      );
    }
  });

  it("gives Flax's loss for given captions, padding in the softmax", async () => {
    const found = await named("flax-fp32").scoreIds(pixels, flax.labels, { batchSize: 16 });
    for (const [row, wanted] of flax.label_log_probabilities.entries())
      expectNear([...(found[row] ?? [])], wanted, 1e-4);
    const mean = (rows: Iterable<Iterable<number>>): number => {
      const all = [...rows].flatMap((row) => [...row]);
      return -all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    expect(Math.abs(mean(found) - mean(flax.label_log_probabilities))).toBeLessThanOrEqual(1e-5);
  });

  it("in int8 says nearly as much of given captions", async () => {
    const found = await named("flax-int8").scoreIds(pixels, flax.labels);
    const differences = flax.label_log_probabilities.flatMap((row, at) =>
      row.map((value, token) => Math.abs(value - (found[at]?.[token] ?? Number.NaN))),
    );
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    expect(mean).toBeLessThan(0.05);
    // Not the fp32 model by mistake.
    expect(mean).toBeGreaterThan(1e-4);
  });
});

describe("a VisionEncoderDecoderModel of PyTorch", () => {
  it.each(Object.entries(torch.searches))("gives transformers' captions: %s", async (_, search) => {
    const found: Caption[] = await named("torch-fp32").captionPixels(pixels, {
      beams: search.options.num_beams,
      earlyStopping: search.options.early_stopping,
      lengthPenalty: search.options.length_penalty,
      maxLength: torch.longest,
    });
    expect(found.map((caption) => caption.ids)).toEqual(search.ids);
    if (search.scores.length > 0)
      expectNear(
        found.map(({ score }) => score),
        search.scores,
        1e-4,
      );
  });
});

it("does not depend on the pictures beside it", async () => {
  const all = await named("flax-int8").captionPixels(pixels, { batchSize: 64 });
  const last = await named("flax-int8").captionPixels(pixels.subarray(-3 * edge * edge));
  expect(last[0]?.ids).toEqual(all.at(-1)?.ids);
});

it("gives the next best captions when they are wanted", async () => {
  const [caption] = await named("torch-fp32").captionPixels(pixels.subarray(0, 3 * edge * edge), { best: 3 });
  expect(caption?.alternatives).toHaveLength(2);
  const scores = [caption?.score ?? 0, ...(caption?.alternatives ?? []).map(({ score }) => score)];
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

it("captions picture files", async () => {
  const file = join(fixtures, "clip-preprocess/square.png");
  const [fromPath, fromBytes] = await named("torch-fp32").caption([file, readFileSync(file)]);
  expect(fromPath).toEqual(fromBytes);
  expect(fromPath?.ids.length).toBeGreaterThan(0);
});

it("captions and scores pictures that it has looked at once as those that it looks at each time", async () => {
  const captioner = named("torch-fp32");
  const some = pixels.subarray(0, 5 * 3 * edge * edge);
  const seen = await captioner.look(some, { batchSize: 2 });
  expect(seen.map(({ pictures: count }) => count)).toEqual([2, 2, 1]);
  const captions = await captioner.captionPixels(seen);
  expect(captions).toEqual(await captioner.captionPixels(some, { batchSize: 2 }));
  const texts = captions.map(({ text }) => text);
  expect(await captioner.score(seen, texts)).toEqual(await captioner.score(some, texts, { batchSize: 2 }));
});

it("keeps what it has looked at as it was, while captions of other lengths end one by one", async () => {
  const captioner = named("flax-fp32");
  const some = pixels.subarray(0, 6 * 3 * edge * edge);
  const targets = flax.labels.slice(0, 6).map((ids, row) => ids.slice(0, 1 + row));
  const seen = await captioner.look(some);
  const scores = await captioner.scoreIds(some, targets);
  for (let turn = 0; turn < 2; turn += 1) expect(await captioner.scoreIds(seen, targets)).toEqual(scores);
});

it("gives a caption's tokens, cut to a length, and their text", () => {
  const captioner = named("torch-fp32");
  const { ids: tokens, truncated } = captioner.encode("un perro negro en la playa", { maxLength: 4 });
  expect([tokens.length, truncated]).toEqual([4, true]);
  expect("un perro negro en la playa".startsWith(captioner.decode(tokens))).toBe(true);
});

it("says how many numbers a picture has, where there are others", async () => {
  await expect(named("torch-fp32").captionPixels(new Float32Array(100))).rejects.toThrow("multiple of 3072");
});
