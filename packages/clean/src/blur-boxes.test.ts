import type { Pixels } from "@leyenda/core";
import { describe, expect, it } from "vitest";

import { blurBoxes } from "./blur-boxes.js";

/** Stripes of one pixel, which any blur turns grey. */
function stripes(width: number, height: number): Pixels {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
    Math.floor(at / 3) % 2 === 0 ? 255 : 0,
  );
  return { width, height, data };
}

describe("blurBoxes", () => {
  it("blurs inside a box, and leaves what is far from it as it was", async () => {
    const picture = stripes(100, 80);
    const before = Uint8Array.from(picture.data);
    const { data, ...size } = await blurBoxes(picture, [[0.1, 0.1, 0.5, 0.5]]);
    expect(size).toEqual({ width: 100, height: 80 });
    expect(picture.data).toEqual(before);
    const at = (x: number, y: number): number => data[(y * 100 + x) * 3] ?? 0;
    expect(Math.abs(at(30, 24) - 128)).toBeLessThan(6);
    expect(Math.abs(at(31, 24) - 128)).toBeLessThan(6);
    expect(Buffer.from(data.subarray(70 * 300)).equals(Buffer.from(before.subarray(70 * 300)))).toBe(true);
  });

  it("blurs several boxes, at the edges and of no size, and does nothing without one", async () => {
    const picture = stripes(40, 40);
    const { data } = await blurBoxes(picture, [
      [0, 0, 0.3, 0.3],
      [0.7, 0.7, 1, 1],
      [0.5, 0.5, 0.5, 0.5],
    ]);
    for (const pixel of [0, 1, 40 * 40 - 1]) expect(Math.abs((data[pixel * 3] ?? 0) - 128)).toBeLessThan(70);
    expect(await blurBoxes(picture, [])).toBe(picture);
  });
});
