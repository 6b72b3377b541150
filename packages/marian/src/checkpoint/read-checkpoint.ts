import { join } from "node:path";

import { readTokenizerFiles } from "../spm/read-tokenizer-files.js";
import { checkConfig } from "./check-config.js";
import type { Checkpoint } from "./checkpoint.js";
import { findWeights, type FoundWeights } from "./find-weights.js";
import type { MarianConvention } from "./marian-files/read-marian-options.js";
import { readMarianCheckpoint } from "./marian-files/read-marian-checkpoint.js";
import { readMarianVocabulary } from "./marian-files/read-marian-vocabulary.js";
import { MarianWeights } from "./marian-weights.js";
import { readOnnxExport } from "./onnx-export/read-onnx-export.js";
import { readPytorch } from "./pytorch/read-pytorch.js";
import { readMarianConfig } from "./read-marian-config.js";
import { readSafetensors, type Tensor } from "./read-safetensors.js";

/**
 * Reads a Marian model from whatever form it is in.
 *
 * @param from a folder, or the file of its weights with the rest beside it
 * @param convention for Marian's own files: see `readMarianOptions`
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and tensor, parameter or field
 */
export async function readCheckpoint(from: string, convention: MarianConvention): Promise<Checkpoint> {
  const found = await findWeights(from);
  const { format, folder, path } = found;
  if (format === "marian-npz" || format === "marian-bin") {
    const { config, tensors } = await readMarianCheckpoint(path, convention);
    const vocabulary = await readMarianVocabulary(folder, config);
    checkConfig(vocabulary.config, path);
    const weights = new MarianWeights(tensors, vocabulary.config, path);
    return { format, weights, ...vocabulary };
  }
  const config = await readMarianConfig(folder);
  checkConfig(config, join(folder, "config.json"));
  const weights = new MarianWeights(await readTensors(found), config, path);
  const tokenizer = await readTokenizerFiles(folder);
  return { format, config, weights, tokenizer };
}

async function readTensors({ format, path }: FoundWeights): Promise<Map<string, Tensor>> {
  if (format === "onnx") return readOnnxExport(path);
  return format === "pytorch" ? readPytorch(path) : readSafetensors(path);
}
