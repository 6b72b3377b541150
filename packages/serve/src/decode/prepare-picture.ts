import "@leyenda/core/libvips-threads";

import { preprocess } from "@leyenda/caption-model";
import { inspectImage } from "@leyenda/clean";
import { LeyendaError } from "@leyenda/core";
import sharp from "sharp";

import { Refusal } from "../refusal.js";
import type { Prepared, ToDecoder } from "./messages.js";

/** Longest side of a preview, pixels. */
const previewSide = 640;

const hint = "send a whole JPEG, PNG, WebP, AVIF, GIF or TIFF file";

/**
 * Decodes a picture to its end and brings it to what the model takes, upright. Its header is looked at first, so that one
 * that is too large is never decoded.
 *
 * @throws Refusal 415 for what is no picture, 422 for one that is broken or has too many pixels
 */
export async function preparePicture({ bytes, edge, maxPixels, preview }: ToDecoder): Promise<Prepared> {
  const header = await inspectImage(bytes);
  if ("outcome" in header) {
    const status = header.outcome === "unsupported_format" || header.outcome === "animated" ? 415 : 422;
    throw new Refusal(status, header.outcome, header.detail, { hint });
  }
  const { format, originalWidth: width, originalHeight: height } = header;
  // Cleaning reads it, the captioner's exact way does not.
  if (format === "bmp") throw new Refusal(415, "unsupported_format", "bmp is not read", { hint });
  if (width * height > maxPixels)
    throw new Refusal(422, "too_many_pixels", `${width}×${height} is more than ${maxPixels} pixels`, {
      hint: "make the picture smaller; the model looks at a small square of it",
    });
  try {
    const pixels = await preprocess(bytes, { edge, applyOrientation: true });
    return { pixels, width, height, format, preview: preview ? await makePreview(bytes) : null };
  } catch (error) {
    if (!(error instanceof LeyendaError)) throw error;
    throw new Refusal(422, "corrupt", error.message.slice(0, 300), { hint });
  }
}

function makePreview(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes, { autoOrient: true })
    .resize(previewSide, previewSide, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" })
    .jpeg({ quality: 82 })
    .toBuffer();
}
