import { type MatrixProfile, readMatrixProfile, type ToneCurve } from "./read-matrix-profile.js";
import { encodeSrgb, srgbPrimaries } from "./srgb-space.js";

/** Profiles of many makers differ by rounding; the next real space (camera RGB, P3) by 0.01 and more. */
const primaryTolerance = 0.002;
/** Half a level of 8 bits. */
const curveTolerance = 0.5 / 255;

/**
 * Whether an ICC profile is sRGB, whoever made it and whatever it calls itself, so that a transform to sRGB would change
 * nothing. Compares what a matrix profile does: its three primaries, and its tone curves at 32 places.
 *
 * @param profile the bytes of a profile of version 2 or 4, or what `readMatrixProfile` made of them
 */
export function isSrgbProfile(profile: Uint8Array | MatrixProfile): boolean {
  const matrix = profile instanceof Uint8Array ? readMatrixProfile(profile) : profile;
  if (matrix === null) return false;
  const samePrimaries = matrix.primaries.every((primary, colour) =>
    primary.every((value, axis) => Math.abs(value - (srgbPrimaries[colour]?.[axis] ?? 0)) < primaryTolerance),
  );
  return samePrimaries && matrix.curves.every(isSrgbCurve);
}

function isSrgbCurve(curve: ToneCurve): boolean {
  for (let step = 0; step <= 32; step += 1) {
    const encoded = step / 32;
    // Compared in encoded levels, where an error is equally visible in dark and light.
    if (!(Math.abs(encodeSrgb(curve(encoded)) - encoded) < curveTolerance)) return false;
  }
  return true;
}
