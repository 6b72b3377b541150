import sharp, { type Metadata } from "sharp";

import type { CleanOptions } from "./clean-options.js";
import type { CleanFailure } from "./clean-result.js";
import { decodeFailure } from "./decode-failure.js";

/** What the header says, upright. */
export interface ImageHeader {
  format: string;
  originalWidth: number;
  originalHeight: number;
  /** The embedded profile is sRGB itself, so that a transform would change nothing but the time it takes. */
  hasSrgbProfile: boolean;
}

/** Formats of the web that are decoded; what libvips could also read (SVG, PDF, HEIC, …) is refused. */
const accepted = new Set(["jpeg", "png", "webp", "gif", "avif", "tiff"]);

/** Reads the header and says what can be said without decoding. */
export async function inspectImage(
  bytes: Uint8Array,
  options: CleanOptions,
): Promise<ImageHeader | CleanFailure> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false, failOn: "none" }).metadata();
  } catch (error) {
    return decodeFailure(error);
  }
  const format = metadata.format === "heif" && metadata.compression === "av1" ? "avif" : metadata.format;
  const upright = metadata.autoOrient;
  const header: ImageHeader = {
    format,
    originalWidth: upright.width,
    originalHeight: upright.height,
    hasSrgbProfile: metadata.icc?.includes("sRGB IEC61966-2") ?? false,
  };
  const fail = (outcome: CleanFailure["outcome"], detail: string): CleanFailure => ({
    ...header,
    outcome,
    detail,
  });
  if (!accepted.has(format)) return fail("unsupported_format", `${format} is not decoded`);
  const { originalWidth: width, originalHeight: height } = header;
  if (width * height > options.maxPixels) {
    return fail("bomb", `${width}×${height} is more than ${options.maxPixels} pixels`);
  }
  const frames =
    format === "tiff" ? 1 : (metadata.pages ?? (format === "png" && isAnimatedPng(bytes) ? 2 : 1));
  if (frames > 1 && options.animated === "drop") return fail("animated", "the picture has several frames");
  const shorter = Math.min(width, height);
  if (shorter < options.minSide)
    return fail("too_small", `${width}×${height}; the shorter side must have ${options.minSide}`);
  const aspect = Math.max(width, height) / shorter;
  if (aspect > options.maxAspectRatio)
    return fail("aspect", `${width}×${height} is ${aspect.toFixed(1)} times as long as wide`);
  return header;
}

/** An APNG has an acTL chunk before its first IDAT; libvips reads its first frame only and does not tell. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const control = buffer.indexOf("acTL");
  return control !== -1 && control < buffer.indexOf("IDAT");
}
