import { LeyendaError } from "@leyenda/core";
import { MarianTokenizer, type Precision } from "@leyenda/marian";
import {
  buildDecoder,
  embeddingFile,
  embeddingTable,
  ModelFolder,
  readTokenizerFiles,
  type Weights,
} from "@leyenda/marian/decoder";

import { captionModelFormat, type CaptionModelInfo } from "./caption-model-info.js";
import { readCaptionCheckpoint } from "./checkpoint/read-caption-checkpoint.js";
import { buildVisionEncoder } from "./onnx/build-vision-encoder.js";

export interface ConvertCaptionerOptions {
  /** How the weights are held. @default "int8" */
  precision?: Precision;
  /**
   * Folder with `source.spm`, `target.spm` and `vocab.json`: of the published model that of Helsinki-NLP/opus-mt-en-es.
   * @default the checkpoint's own folder
   */
  tokenizer?: string;
}

/**
 * Converts a CLIP-Vision-Marian checkpoint to two ONNX graphs, and puts them with the tokenizer into one folder. See
 * `readCaptionCheckpoint` for what it is converted from.
 *
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and parameter or field
 */
export async function convertCaptioner(
  from: string,
  to: string,
  { precision = "int8", tokenizer = from }: ConvertCaptionerOptions = {},
): Promise<CaptionModelInfo> {
  const { vision, decoder, visionWeights, decoderWeights } = await readCaptionCheckpoint(from);
  const files = await readTokenizerFiles(tokenizer).catch((cause: unknown) => {
    if (!(cause instanceof LeyendaError) || cause.code !== "MODEL_MISSING") throw cause;
    throw new LeyendaError(cause.code, cause.message, {
      where: cause.where ?? tokenizer,
      expected: "a folder with source.spm, target.spm and vocab.json",
      hint: "give it with --tokenizer; the published model has that of Helsinki-NLP/opus-mt-en-es",
      cause,
    });
  });
  // A tokenizer that cannot be used is found out now rather than at the first caption.
  new MarianTokenizer(files, tokenizer, decoder);
  const folder = await ModelFolder.create(to);
  const both: Weights = {
    get: (name) => (name.startsWith("decoder.") ? decoderWeights : visionWeights).get(name),
  };
  await folder.put("vision.onnx", buildVisionEncoder(vision, decoder, both, precision).toBytes());
  const embedding = embeddingTable(decoder, decoderWeights, precision);
  const graph = buildDecoder(decoder, decoderWeights, precision, embedding, {
    scoring: true,
    attention: true,
  });
  await folder.put("decoder.onnx", graph.toBytes());
  await folder.put(embeddingFile, embedding.bytes);
  for (const [name, bytes] of Object.entries(files)) await folder.put(name, bytes);
  return folder.describe(from, { format: captionModelFormat, precision, vision, config: decoder } as const);
}
