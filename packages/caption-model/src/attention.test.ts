import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createSession } from "@leyenda/marian/decoder";
import { Vocabulary } from "@leyenda/marian/search";
import type { InferenceSession } from "onnxruntime-common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { attendedWords } from "./attended-words.js";
import { captionWithWords } from "./caption-with-words.js";
import { Captioner } from "./captioner.js";
import { convertCaptioner } from "./convert-captioner.js";
import { PixelCaptioner } from "./pixel-captioner.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const oracle = z
  .object({ ids: z.array(z.array(z.int())), attentions: z.array(z.array(z.array(z.number()))) })
  .parse(JSON.parse(readFileSync(join(fixtures, "caption/torch/attention.json"), "utf8")));
const edge = 32;
/** As `tools/oracle/caption_pixels.py` makes them. */
const pixels = Float32Array.from(
  { length: oracle.ids.length * 3 * edge * edge },
  (_, at) => ((at * 7919 + Math.floor(at / 97) * 104_729) % 1021) / 256 - 2,
);

let folder: string;
let fp32: Captioner;
let int8: Captioner;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-attention-"));
  const load = async (precision: "fp32" | "int8"): Promise<Captioner> => {
    const to = join(folder, precision);
    const tokenizer = join(fixtures, "marian-formats/safetensors");
    await convertCaptioner(join(fixtures, "caption/torch"), to, { precision, tokenizer });
    return Captioner.load(to);
  };
  [fp32, int8] = [await load("fp32"), await load("int8")];
});
afterAll(async () => {
  await fp32.close();
  await int8.close();
  await rm(folder, { recursive: true, force: true });
});

describe("where the model looks while it says a caption", () => {
  it("is PyTorch's cross-attention, of captions of any lengths together", async () => {
    const targets = oracle.ids.map((ids, picture) => ids.slice(0, 4 + 3 * picture));
    for (const batchSize of [1, 4]) {
      const shares = await fp32.attend(pixels, targets, { batchSize });
      for (const [picture, ids] of targets.entries()) {
        expect(shares?.[picture]).toHaveLength(ids.length);
        for (const token of ids.keys()) {
          const [found, wanted] = [shares?.[picture]?.[token], oracle.attentions[picture]?.[token]];
          expect(found).toHaveLength(wanted?.length ?? -1);
          for (const [place, share] of (wanted ?? []).entries())
            expect(Math.abs((found?.[place] ?? Number.NaN) - share)).toBeLessThan(1e-6);
        }
      }
    }
  });

  it("is shares that sum to one, in int8 as well", async () => {
    const captions = (await int8.captionPixels(pixels)).map(({ ids }) => ids);
    const shares = ((await int8.attend(pixels, captions)) ?? []).flat();
    expect(shares).toHaveLength(captions.flat().length);
    for (const each of shares) {
      expect(Math.min(...each)).toBeGreaterThanOrEqual(0);
      expect(each.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });

  it("is said for each word of a caption, and leaves the caption as it is", async () => {
    const found = await captionWithWords(fp32, pixels);
    expect(found).toMatchObject(await fp32.captionPixels(pixels));
    const places = (edge / fp32.info.vision.patch_size) ** 2;
    for (const { text, words } of found) {
      expect(words?.map((word) => word.text).join(" ")).toBe(text);
      for (const word of words ?? []) expect(word.places).toHaveLength(places);
    }
  });

  it("is not known of a model that was converted without it", async () => {
    const options = { intraOpThreads: 1, provider: "cpu" } as const;
    const decoder = await createSession(join(folder, "fp32/decoder.onnx"), options);
    const older = {
      run: async (feeds: InferenceSession.FeedsType) => {
        const made = await decoder.run(feeds);
        return Object.fromEntries(Object.entries(made).filter(([name]) => name !== "attention"));
      },
      release: () => decoder.release(),
    };
    const captioner = new PixelCaptioner({
      info: fp32.info,
      vocabulary: fp32.vocabulary,
      vision: await createSession(join(folder, "fp32/vision.onnx"), options),
      decoder: older as unknown as InferenceSession,
    });
    const found = await captionWithWords(captioner, pixels);
    expect(found.map(({ words }) => words)).toEqual(oracle.ids.map(() => null));
    await captioner.close();
  });
});

it("takes the mean over a word's tokens, without the class token, and leaves special tokens out", () => {
  const pieces = { "</s>": 0, "<unk>": 1, "▁un": 2, "▁ga": 3, to: 4, "▁": 5 };
  const shares = [
    [0.25, 0.75, 0],
    [0, 0.25, 0.75],
    [0.5, 0.25, 0.25],
    [1, 0, 0],
  ].map((each) => Float32Array.from(each));
  const words = attendedWords([2, 3, 4, 0], shares, new Vocabulary(new Map(Object.entries(pieces))));
  expect(words).toEqual([
    { text: "un", places: [0.75, 0] },
    { text: "gato", places: [0.25, 0.5] },
  ]);
});
