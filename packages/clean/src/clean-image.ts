import { perceptualHash, type Pixels } from "@leyenda/core";

import { blurBoxes, type Box } from "./blur-boxes.js";
import { checkLimits } from "./check-limits.js";
import type { CleanOptions } from "./clean-options.js";
import type { CleanResult } from "./clean-result.js";
import { decodePixels } from "./decode-pixels.js";
import { encodePicture } from "./encode-picture.js";
import { type Canvas, fitCanvas } from "./fit-canvas.js";
import { inspectImage } from "./inspect-image.js";
import { resizeGeometry } from "./resize-geometry.js";
import { scratch } from "./scratch.js";

/** What is asked of one picture, beyond what is asked of all. */
export interface PictureOptions {
  /** Places to be blurred beyond recognition. */
  blur?: readonly Box[];
}

/**
 * Decodes a picture fully, by its content and whatever its name or type said, turns it upright, brings it to sRGB and to the
 * wanted size, and encodes it in three channels without metadata. The same bytes and options give the same result.
 *
 * A bad picture is a result, never an exception; what is thrown is wrong options or a fault of ours. The stored pixels are
 * in memory on the way: 3 bytes each, so that `maxPixels` bounds it where pictures keep their size.
 */
export async function cleanImage(
  bytes: Uint8Array,
  options: CleanOptions,
  { blur = [] }: PictureOptions = {},
): Promise<CleanResult> {
  const header = await inspectImage(bytes);
  if ("outcome" in header) return header;
  const { format, originalWidth, originalHeight } = header;
  const original = { format, originalWidth, originalHeight };
  const geometry = resizeGeometry({ width: originalWidth, height: originalHeight }, options);
  const refusal = checkLimits(header, geometry, options);
  if (refusal !== null) return { ...refusal, ...original };

  const decoded = await decodePixels(bytes, header, geometry, options);
  if ("outcome" in decoded) return { ...decoded, ...original };
  const shown = await blurBoxes(decoded, blur);
  const { width, height } = geometry?.canvas ?? shown;
  return {
    outcome: "ok",
    encoded: await encodeOnCanvas(shown, { width, height }, options),
    width,
    height,
    perceptualHash: perceptualHash(decoded),
    ...original,
  };
}

async function encodeOnCanvas(picture: Pixels, canvas: Canvas, options: CleanOptions): Promise<Uint8Array> {
  const { width, height } = canvas;
  if (picture.width === width && picture.height === height) return encodePicture(picture, options);
  return scratch.lend(width * height * 3, (memory) =>
    encodePicture(fitCanvas(picture, canvas, options.background, memory), options),
  );
}
