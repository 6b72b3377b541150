import { dctHash } from "./dct-hash.js";
import { differenceHash } from "./difference-hash.js";
import type { Pixels } from "./pixels.js";
import { shrinkToGrey } from "./shrink-to-grey.js";

/**
 * Standard deviation of the grey picture, in levels of 0 to 255, under which it is too even to be recognised: saving photos
 * of less contrast again (quality 50) turns up to 12 bits.
 */
const flatDeviation = 4;

/** Two hashes of 64 bits, in 16 hex digits each. */
export interface PerceptualHash {
  /** See `dctHash`. */
  phash: string;
  /** See `differenceHash`. */
  dhash: string;
}

/**
 * What a picture looks like, in 128 bits: saved again, in another size or format, it is within 2 bits of each hash or little
 * more, while pictures that have nothing in common differ in half of all bits. One hash alone takes drawings for equal that
 * share a layout; both at once do not.
 *
 * @returns null for a picture of (nearly) one colour, whose bits would be noise
 */
export function perceptualHash(picture: Pixels): PerceptualHash | null {
  const grey = shrinkToGrey(picture);
  if (deviation(grey) < flatDeviation) return null;
  return { phash: dctHash(grey), dhash: differenceHash(grey) };
}

function deviation(grey: Float64Array): number {
  const mean = grey.reduce((sum, level) => sum + level, 0) / grey.length;
  return Math.sqrt(grey.reduce((sum, level) => sum + (level - mean) ** 2, 0) / grey.length);
}
