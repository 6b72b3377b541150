import turbo from "@julusian/jpeg-turbo";
import type { Pixels } from "@leyenda/core";

import type { ImageHeader } from "./inspect-image.js";
import type { Geometry } from "./resize-geometry.js";

/** Pixels of a picture that may be decoded at once, in the thread that asks: a hundredth of a second. */
const mostPixels = 1 << 22;

/** From here on libvips has the JPEG itself shrink a picture while it is decoded, which saves more than its pipeline costs. */
const shrunkWhileDecoded = 3;

/**
 * Bytes that `decodePlainJpeg` needs for a picture; 0 for one that is left to libvips.
 *
 * @param geometry what the picture becomes; null when it keeps its size
 */
export function plainJpegBytes(
  { plain, profile, originalWidth, originalHeight }: ImageHeader,
  geometry: Geometry | null,
): number {
  const pixels = originalWidth * originalHeight;
  if (!plain || profile === "other" || pixels > mostPixels) return 0;
  return geometry !== null && originalWidth >= shrunkWhileDecoded * geometry.width ? 0 : pixels * 3;
}

/**
 * Decodes a plain JPEG with libjpeg-turbo, without the pipeline and the threads of libvips, which cost as much as decoding
 * does. It refuses whatever libjpeg warns about.
 *
 * @param memory where the pixels go
 * @returns null when anything is odd, and libvips has to say what it is
 */
export function decodePlainJpeg(bytes: Uint8Array, header: ImageHeader, memory: Buffer): Pixels | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { data, width, height } = turbo.decompressSync(file, memory, { format: turbo.FORMAT_RGB });
    return width === header.originalWidth && height === header.originalHeight
      ? { data, width, height }
      : null;
  } catch {
    return null;
  }
}
