import { z } from "zod";

import { translationFlags } from "../../rows/translation-flags.js";
import { count, positive } from "./numbers.js";

const flagThresholds = z
  .strictObject({
    minLengthRatio: z.number().positive().default(0.5),
    maxLengthRatio: z.number().positive().default(2.5),
    lengthFrom: count
      .default(20)
      .describe("Characters of the longer text from which the ratio, translation to source, is looked at"),
    loopRepeats: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe("The same words so many times in a row are a loop, if the source has no such run"),
  })
  .refine(({ minLengthRatio, maxLengthRatio }) => minLengthRatio < maxLengthRatio, {
    path: ["maxLengthRatio"],
    message: "expected more than translate.flags.minLengthRatio",
  });

const policies = ["keep", "retry", "quarantine"] as const;

const policy = z.strictObject(
  Object.fromEntries(
    translationFlags.map((flag) => [
      flag,
      z.enum(policies).default("keep").describe(`What to do with a translation flagged ${flag}`),
    ]),
  ) as Record<
    (typeof translationFlags)[number],
    z.ZodDefault<z.ZodEnum<{ [Policy in (typeof policies)[number]]: Policy }>>
  >,
);

/** How captions are translated. */
export const translateSection = z
  .strictObject({
    model: z.string().min(1).describe("Folder of a converted Marian model, relative to this file"),
    provider: z
      .enum(["cpu", "cuda"])
      .default("cpu")
      .describe(
        "Where the model is computed; CUDA needs onnxruntime-node's CUDA files, and its digits are its own",
      ),
    beams: positive.max(32).default(4),
    rules: z
      .enum(["hf", "hf-flax"])
      .default("hf")
      .describe("Whose beam search is followed: that of transformers' PyTorch models, or of its Flax models"),
    maxLength: positive.max(512).default(64).describe("Longest translation in tokens, </s> included"),
    maxSourceLength: positive
      .max(512)
      .default(64)
      .describe("Captions are cut to this many tokens, </s> included"),
    normalizePunctuation: z
      .boolean()
      .default(false)
      .describe(
        "Full-width and curly punctuation as ASCII, control characters as spaces, as opus-mt's training texts were; transformers does not",
      ),
    lowerAllCaps: z
      .boolean()
      .default(false)
      .describe("Captions in nothing but capitals are translated as sentences in lower case"),
    earlyStopping: z.union([z.boolean(), z.literal("never")]).default(true),
    lengthPenalty: z.number().default(1),
    batchTokens: positive
      .default(1024)
      .describe("Source tokens, each beam's counted, translated together in each worker process"),
    flags: flagThresholds.prefault({}).describe("When a translation is marked as poor"),
    policy: policy
      .prefault({})
      .describe(
        "Marked translations are kept, tried again, or tried again and left out of the dataset if they are still marked",
      ),
    retry: z
      .strictObject({
        beams: z.int().min(1).max(32).default(8),
        noRepeatNgram: count
          .max(64)
          .default(3)
          .describe("No run of so many tokens comes twice in such a translation; 0 allows all"),
      })
      .prefault({})
      .describe("How they are tried again; the result is taken if it has fewer marks"),
    cache: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("Folder, relative to this file, that keeps translations for other builds; null keeps none"),
  })
  .refine(({ cache, beams, retry }) => cache === null || (beams > 1 && retry.beams > 1), {
    path: ["cache"],
    message: "expected null, or at least 2 beams: a greedy translation's last digits depend on its batch",
  });
