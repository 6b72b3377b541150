import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

import type { MarianConfig } from "./checkpoint/read-marian-config.js";
import { modelInfoName } from "./model-folder.js";

export const modelFormat = 2;

/** A model's shape and search as `leyenda-model.json` has them. */
export const marianConfigSchema: z.ZodType<MarianConfig> = z.strictObject({
  vocabularySize: z.int(),
  sourceVocabularySize: z.int().nullable().default(null),
  tiedOutput: z.boolean().default(true),
  width: z.int(),
  encoderLayers: z.int(),
  decoderLayers: z.int(),
  encoderHeads: z.int(),
  decoderHeads: z.int(),
  activation: z.enum(["swish", "relu"]),
  decoderCell: z.enum(["attention", "ssru"]).default("attention"),
  positions: z.enum(["hugging-face", "marian"]).default("hugging-face"),
  layerNormEpsilon: z.number().default(1e-5),
  specialTokensInText: z.boolean().default(true),
  maxPositions: z.int(),
  scaleEmbedding: z.boolean(),
  padId: z.int(),
  endId: z.int(),
  startId: z.int(),
  forcedEndId: z.int().nullable(),
  bannedIds: z.array(z.int()),
  bannedRuns: z.array(z.array(z.int())).default([]),
  renormalize: z.boolean(),
  beams: z.int(),
  maxLength: z.int(),
  lengthPenalty: z.number(),
  earlyStopping: z.union([z.boolean(), z.literal("never")]),
});

/** Size and hash of each file of a model. */
export const modelFilesSchema = z.record(z.string(), z.strictObject({ bytes: z.int(), sha256: z.string() }));

/** What stands in a converted model's `leyenda-model.json`. */
export const modelInfoSchema = z.strictObject({
  format: z.literal(modelFormat),
  /** Name of the folder it was converted from. */
  name: z.string(),
  precision: z.enum(["fp32", "int8"]),
  config: marianConfigSchema,
  files: modelFilesSchema,
  /** Over all of the above: names the model in records. */
  hash: z.string(),
});

export type ModelInfo = z.infer<typeof modelInfoSchema>;

/**
 * Reads what a converted model is, without loading it.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID when the folder holds something else
 */
export async function readModelInfo(folder: string): Promise<ModelInfo> {
  const path = join(folder, modelInfoName);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "there is no converted model", {
      where: path,
      hint: 'convert a Hugging Face checkpoint with "leyenda model convert <folder> <out-folder>", or set translate.model',
      cause,
    });
  });
  try {
    return modelInfoSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", "the model was converted by another version, or is damaged", {
      where: path,
      hint: 'convert it again with "leyenda model convert"',
      cause,
    });
  }
}
