import type { CleanOptions } from "./clean-options.js";
import type { CleanFailure } from "./clean-result.js";
import type { ImageHeader } from "./inspect-image.js";
import type { Geometry } from "./resize-geometry.js";

/** The longest side, pixels, that each format's encoder writes: libjpeg's own limit, WebP's format, libheif's and libpng's. */
const longestSides = { jpeg: 65_500, webp: 16_383, avif: 16_384, png: 1_000_000 } as const;

/**
 * Says what can be said against a picture without decoding it.
 *
 * @param geometry what the picture would become; null when it keeps its size
 * @returns null for a picture worth decoding
 */
export function checkLimits(
  { originalWidth: width, originalHeight: height, severalFrames }: ImageHeader,
  geometry: Geometry | null,
  { format, maxPixels, maxArea, minSide, maxAspectRatio, animated }: CleanOptions,
): Pick<CleanFailure, "outcome" | "detail"> | null {
  const size = `${width}×${height}`;
  if (width * height > maxPixels)
    return { outcome: "bomb", detail: `${size} is more than ${maxPixels} pixels` };
  if (severalFrames && animated === "drop") {
    return { outcome: "animated", detail: "the picture has several frames" };
  }
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  if (shorter < minSide) {
    return { outcome: "too_small", detail: `${size}: the shorter side is under ${minSide} pixels` };
  }
  if (longer > maxAspectRatio * shorter) {
    const ratio = (longer / shorter).toFixed(1);
    return { outcome: "aspect", detail: `${size}: the longer side is ${ratio} times the shorter one` };
  }
  if (maxArea !== null && width * height > maxArea) {
    return { outcome: "area", detail: `${size} is more than ${maxArea} pixels` };
  }
  const stored = geometry?.canvas ?? { width, height };
  if (Math.max(stored.width, stored.height) > longestSides[format]) {
    return {
      outcome: "bomb",
      detail: `${stored.width}×${stored.height} would be stored: a side of ${format} has at most ${longestSides[format]} pixels`,
    };
  }
  return null;
}
