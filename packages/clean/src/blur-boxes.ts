import "@leyenda/core/libvips-threads";

import type { Pixels } from "@leyenda/core";
import sharp from "sharp";

import { libvips } from "./libvips.js";

/** Left, top, right, bottom, each 0 to 1 of the upright picture's sides. */
export type Box = readonly [number, number, number, number];

/** By how much of its longer side a box is widened; the deviation of the blur in parts of the longest side of all. */
const margin = 0.1;

/**
 * Blurs boxes of a picture beyond recognition, with soft edges, by the method of ImageNet's face obfuscation (Yang et al.,
 * 2021): boxes are widened by a tenth of their longer side; picture and mask are blurred by the same Gaussian, whose
 * deviation is a tenth of the longest side of all boxes; the mask mixes the two. img2dataset means the same, but cuts its
 * kernel short at one deviation.
 */
export async function blurBoxes(picture: Pixels, boxes: readonly Box[]): Promise<Pixels> {
  if (boxes.length === 0) return picture;
  const { width, height } = picture;
  const mask = Buffer.alloc(width * height);
  let longest = 0;
  for (const [x0, y0, x1, y1] of boxes) {
    const [left, top] = [Math.trunc(x0 * width), Math.trunc(y0 * height)];
    const [right, bottom] = [Math.trunc(x1 * width), Math.trunc(y1 * height)];
    const side = Math.max(right - left, bottom - top);
    longest = Math.max(longest, side);
    const [fromX, toX] = [clamp(left - margin * side, width), clamp(right + margin * side, width)];
    const [fromY, toY] = [clamp(top - margin * side, height), clamp(bottom + margin * side, height)];
    for (let y = fromY; y < toY; y += 1) mask.fill(255, y * width + fromX, y * width + toX);
  }
  const sigma = Math.max(1, margin * longest);
  const [blurred, soft] = await Promise.all([
    gaussian(picture.data, width, height, 3, sigma),
    gaussian(mask, width, height, 1, sigma),
  ]);
  const data = Uint8Array.from(picture.data, (sharpLevel, at) => {
    const weight = (soft[Math.floor(at / 3)] ?? 0) / 255;
    return Math.round(sharpLevel * (1 - weight) + (blurred[at] ?? 0) * weight);
  });
  return { width, height, data };
}

function clamp(place: number, length: number): number {
  return Math.min(Math.max(Math.trunc(place), 0), length);
}

async function gaussian(
  data: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
  sigma: number,
): Promise<Uint8Array> {
  return libvips.take(() =>
    sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
      .blur(sigma)
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw()
      .toBuffer(),
  );
}
