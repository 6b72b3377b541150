import type { Pixels } from "@leyenda/core";

import type { MatrixProfile, ToneCurve, Xyz } from "./read-matrix-profile.js";
import { encodeSrgb, srgbPrimaries } from "./srgb-space.js";

/** Steps of linear light that are told apart: in the dark, where they matter most, a fifth of a level of 8 bits. */
const steps = 16_384;
let encodedLevels: Uint8Array | undefined;

/**
 * Brings pixels of a matrix profile's space to sRGB, in place: linear light, the two spaces' matrices, sRGB's curve, with
 * colours outside sRGB cut off. That is what a colour engine does with such a profile under every rendering intent, but on
 * the pixels that are stored rather than on all of the original's.
 */
export function convertToSrgb({ data }: Pixels, { primaries, curves }: MatrixProfile): void {
  encodedLevels ??= Uint8Array.from({ length: steps + 1 }, (_, step) =>
    Math.round(encodeSrgb(step / steps) * 255),
  );
  const levels = encodedLevels;
  const [red, green, blue] = curves.map(toLinear) as [Float64Array, Float64Array, Float64Array];
  const [[a, b, c], [d, e, f], [g, h, i]] = multiply(invert(srgbPrimaries), primaries);
  for (let at = 0; at < data.length; at += 3) {
    const r = red[data[at] ?? 0] ?? 0;
    const s = green[data[at + 1] ?? 0] ?? 0;
    const t = blue[data[at + 2] ?? 0] ?? 0;
    data[at] = levels[toStep(a * r + d * s + g * t)] ?? 0;
    data[at + 1] = levels[toStep(b * r + e * s + h * t)] ?? 0;
    data[at + 2] = levels[toStep(c * r + f * s + i * t)] ?? 0;
  }
}

/** Linear light in steps for each level of 8 bits. */
function toLinear(curve: ToneCurve): Float64Array {
  return Float64Array.from({ length: 256 }, (_, level) => curve(level / 255) * steps);
}

function toStep(linear: number): number {
  return linear <= 0 ? 0 : linear >= steps ? steps : (linear + 0.5) | 0;
}

/** Three columns. */
type Matrix = readonly [Xyz, Xyz, Xyz];

function multiply([x, y, z]: Matrix, columns: Matrix): Matrix {
  const [first, second, third] = columns.map(([p, q, r]): Xyz => [
    x[0] * p + y[0] * q + z[0] * r,
    x[1] * p + y[1] * q + z[1] * r,
    x[2] * p + y[2] * q + z[2] * r,
  ]) as [Xyz, Xyz, Xyz];
  return [first, second, third];
}

/** By cross products: the rows of the inverse of columns x, y, z are y×z, z×x, x×y over the determinant. */
function invert([x, y, z]: Matrix): Matrix {
  const [p, q, r] = [cross(y, z), cross(z, x), cross(x, y)];
  const determinant = x[0] * p[0] + x[1] * p[1] + x[2] * p[2];
  const column = (axis: 0 | 1 | 2): Xyz => [
    p[axis] / determinant,
    q[axis] / determinant,
    r[axis] / determinant,
  ];
  return [column(0), column(1), column(2)];
}

function cross(a: Xyz, b: Xyz): Xyz {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
