import turbo from "@julusian/jpeg-turbo";
import type { Pixels } from "@leyenda/core";

import type { ImageHeader } from "./inspect-image.js";

/** Pixels of a picture that may be decoded at once, in the thread that asks: a hundredth of a second. */
const mostPixels = 1 << 22;

/** Bytes that `decodePlainJpeg` needs for a picture; 0 for one that it does not take. */
export function plainJpegBytes({ plain, profile, originalWidth, originalHeight }: ImageHeader): number {
  const pixels = originalWidth * originalHeight;
  return plain && profile !== "other" && pixels <= mostPixels ? pixels * 3 : 0;
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
