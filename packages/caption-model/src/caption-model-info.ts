import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { marianConfigSchema, modelFilesSchema, modelInfoName } from "@leyenda/marian/decoder";
import { z } from "zod";

import { clipVisionMarianConfigSchema } from "./config/clip-vision-marian-config.js";

export const captionModelFormat = "caption-1";

const captionModelInfoSchema = z.strictObject({
  format: z.literal(captionModelFormat),
  /** Name of the folder it was converted from. */
  name: z.string(),
  precision: z.enum(["fp32", "int8"]),
  /** Of the picture encoder, in Hugging Face's words. */
  vision: clipVisionMarianConfigSchema.shape.clip_vision_config,
  /** Of the decoder. */
  config: marianConfigSchema,
  files: modelFilesSchema,
  /** Over all of the above: names the model in records. */
  hash: z.string(),
});

/** What stands in a converted caption model's `leyenda-model.json`. */
export type CaptionModelInfo = z.infer<typeof captionModelInfoSchema>;

/**
 * Reads what a converted caption model is, without loading it.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID when the folder holds something else
 */
export async function readCaptionModelInfo(folder: string): Promise<CaptionModelInfo> {
  const path = join(folder, modelInfoName);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "there is no converted model", {
      where: path,
      hint: 'convert a checkpoint with "leyenda model convert <folder> <out-folder>"',
      cause,
    });
  });
  try {
    return captionModelInfoSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", "this is no caption model, or one of another version", {
      where: path,
      expected: "a CLIP-Vision-Marian model that was converted by this version",
      hint: 'convert it again with "leyenda model convert"',
      cause,
    });
  }
}
