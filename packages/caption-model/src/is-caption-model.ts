import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { modelInfoName } from "@leyenda/marian/decoder";

import { captionModelFormat } from "./caption-model-info.js";

/** Whether a folder holds a caption model, converted or not, and no translation model; false for one that holds none. */
export async function isCaptionModel(folder: string): Promise<boolean> {
  const { format } = await readObject(join(folder, modelInfoName));
  if (format === captionModelFormat) return true;
  const { model_type: type } = await readObject(join(folder, "config.json"));
  return type === "clip-vision-marian" || type === "vision-encoder-decoder";
}

/** What is wrong with a file is said by whoever reads it next. */
async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
