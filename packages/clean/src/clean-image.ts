import sharp, { type Sharp } from "sharp";

import type { CleanOptions } from "./clean-options.js";
import type { CleanResult } from "./clean-result.js";
import { decodeFailure } from "./decode-failure.js";
import { inspectImage } from "./inspect-image.js";
import { type Geometry, resizeGeometry } from "./resize-geometry.js";

/** Longest time a decoder may take over one picture. */
const timeoutSeconds = 60;

/**
 * Decodes a picture fully, by its content and whatever its name or type said, turns it upright, brings it to sRGB and to the
 * wanted size, and encodes it as JPEG. The same bytes and options give the same JPEG.
 *
 * A bad picture is a result, never an exception.
 */
export async function cleanImage(bytes: Uint8Array, options: CleanOptions): Promise<CleanResult> {
  const header = await inspectImage(bytes, options);
  if ("outcome" in header) return header;
  const { format, originalWidth, originalHeight, hasSrgbProfile } = header;
  const original = { format, originalWidth, originalHeight };
  const geometry = resizeGeometry({ width: originalWidth, height: originalHeight }, options);
  // The header is not believed: what decodes to more than it promised is stopped by the same limit.
  const decoded = sharp(bytes, {
    limitInputPixels: options.maxPixels,
    failOn: "error",
    ignoreIcc: hasSrgbProfile,
    pages: 1,
  }).autoOrient();
  try {
    const { data, info } = await fitted(decoded, geometry, options)
      .flatten({ background: options.background })
      .toColourspace("srgb")
      .jpeg({ quality: options.quality, chromaSubsampling: "4:2:0" })
      .timeout({ seconds: timeoutSeconds })
      .toBuffer({ resolveWithObject: true });
    return { outcome: "ok", jpeg: data, width: info.width, height: info.height, ...original };
  } catch (error) {
    return { ...decodeFailure(error), ...original };
  }
}

function fitted(image: Sharp, geometry: Geometry | null, { resize, background }: CleanOptions): Sharp {
  if (geometry === null) return image;
  const { width, height, canvas } = geometry;
  const scaled = image.resize(width, height, { fit: "fill" });
  if (resize === "center_crop") {
    const left = Math.floor((width - canvas.width) / 2);
    const top = Math.floor((height - canvas.height) / 2);
    return scaled.extract({ left, top, ...canvas });
  }
  if (resize !== "border") return scaled;
  const [x, y] = [canvas.width - width, canvas.height - height];
  const [left, top] = [Math.floor(x / 2), Math.floor(y / 2)];
  return scaled.extend({ left, right: x - left, top, bottom: y - top, background });
}
