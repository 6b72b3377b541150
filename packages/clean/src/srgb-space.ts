import type { Xyz } from "./read-matrix-profile.js";

/** Red, green and blue of sRGB as X, Y, Z under D50 (IEC 61966-2-1, adapted by Bradford), as its ICC profiles hold them. */
export const srgbPrimaries: readonly [Xyz, Xyz, Xyz] = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
];

/** From linear light to sRGB's encoded value, both 0 to 1. */
export function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
}
