import { targetVocabularyFile, tokenizerFiles } from "./checkpoint/checkpoint.js";
import type { MarianConvention } from "./checkpoint/marian-files/read-marian-options.js";
import { readCheckpoint } from "./checkpoint/read-checkpoint.js";
import { readModelFile } from "./checkpoint/read-model-file.js";
import { ModelFolder } from "./model-folder.js";
import { type ModelInfo, modelFormat } from "./model-info.js";
import { buildDecoder } from "./onnx/build-decoder.js";
import { buildEncoder } from "./onnx/build-encoder.js";
import { buildWords, wordsFile } from "./onnx/build-words.js";
import { embeddingTable, otherTables } from "./onnx/embed.js";
import type { Precision } from "./onnx/layers.js";
import { parseShortlist, shortlistFile } from "./shortlist/read-shortlist.js";
import { MarianTokenizer } from "./spm/marian-tokenizer.js";

export interface ConvertOptions {
  /** How the weights are held. @default "int8" */
  precision?: Precision;
  /**
   * For Marian's own files: compute as Marian does, or, to get the words of the Hugging Face conversion of the same weights, as
   * transformers does. @default "marian"
   */
  convention?: MarianConvention;
  /**
   * Marian's binary shortlist of the words that can come up in the translation of others. It becomes a part of the model, which then
   * chooses among these alone. @default every word of the vocabulary can come up
   */
  shortlist?: string;
}

/**
 * Converts a Marian checkpoint to the project's own two ONNX graphs, and puts them with the tokenizer into one folder. What it is
 * converted from is found out: a Hugging Face folder with `model.safetensors`, `pytorch_model.bin` or an ONNX export, or Marian's own
 * `.npz` or `.bin` with its vocabulary beside it.
 *
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and tensor or field
 */
export async function convertCheckpoint(
  from: string,
  to: string,
  { precision = "int8", convention = "marian", shortlist }: ConvertOptions = {},
): Promise<ModelInfo> {
  const { config, weights, tokenizer } = await readCheckpoint(from, convention);
  // A tokenizer that cannot be used is found out now rather than at the first caption.
  new MarianTokenizer(tokenizer, from, config);
  const lists = shortlist === undefined ? null : await readModelFile(shortlist, "the shortlist");
  if (lists !== null) parseShortlist(lists, shortlist ?? "");
  const folder = await ModelFolder.create(to);
  const embedding = embeddingTable(config, weights, precision);
  const { source, output } = otherTables(config, weights, precision, embedding);
  await folder.put("encoder.onnx", buildEncoder(config, weights, precision, source).toBytes());
  const decoder = buildDecoder(config, weights, precision, embedding, { shortlisted: lists !== null });
  await folder.put("decoder.onnx", decoder.toBytes());
  const tables = new Set([embedding, source]);
  if (lists !== null) {
    tables.add(output);
    await folder.put(shortlistFile, lists);
    await folder.put(wordsFile, buildWords(config, weights, output).toBytes());
  }
  for (const { file, bytes } of tables) await folder.put(file, bytes);
  for (const name of [...tokenizerFiles, targetVocabularyFile] as const) {
    const bytes = tokenizer[name];
    if (bytes !== undefined) await folder.put(name, bytes);
  }
  return folder.describe(from, { format: modelFormat, precision, config });
}
