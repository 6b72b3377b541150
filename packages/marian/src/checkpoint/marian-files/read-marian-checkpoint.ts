import { LeyendaError } from "@leyenda/core";

import { invalidModel } from "../invalid-model.js";
import type { MarianConfig } from "../read-marian-config.js";
import type { Tensor } from "../read-safetensors.js";
import type { MarianItem } from "./marian-item.js";
import { readMarianBin } from "./read-marian-bin.js";
import { type MarianConvention, readMarianOptions } from "./read-marian-options.js";
import { readNpz } from "./read-npz.js";
import { toHuggingFaceNames } from "./to-hugging-face-names.js";

const optionsName = "special:model.yml";

/**
 * Reads Marian's own `.npz` or `.bin`.
 *
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the parameter or option
 */
export async function readMarianCheckpoint(
  path: string,
  convention: MarianConvention,
): Promise<{ config: MarianConfig; tensors: Map<string, Tensor> }> {
  const items = await readItems(path);
  const options = items.find(({ name }) => name === optionsName)?.content;
  if (options?.kind !== "bytes") {
    throw invalidModel(path, `there is no ${optionsName}, which says what the model is`);
  }
  const text = Buffer.from(options.data).toString("utf8").replace(/\0+$/, "");
  const config = readMarianOptions(text, path, convention);
  return { config, tensors: toHuggingFaceNames(items, config, path) };
}

async function readItems(path: string): Promise<MarianItem[]> {
  try {
    return await (path.endsWith(".npz") ? readNpz(path) : readMarianBin(path));
  } catch (cause) {
    if (cause instanceof LeyendaError) throw cause;
    throw invalidModel(path, (cause as Error).message, undefined, cause);
  }
}
