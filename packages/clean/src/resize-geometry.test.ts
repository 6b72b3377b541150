import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CleanOptions } from "./clean-options.js";
import { fitCanvas } from "./fit-canvas.js";
import { resizeGeometry } from "./resize-geometry.js";

/** What img2dataset made of black pictures; written by tools/oracle/resize_geometry.py. */
const recorded = JSON.parse(
  readFileSync(new URL("../../../tools/oracle/fixtures/resize-geometry.json", import.meta.url), "utf8"),
) as {
  /** Width, height, mode, size, whether only if bigger; stored width and height; where the picture begins in it, x and y. */
  sizes: [number, number, CleanOptions["resize"], number, boolean, number, number, number, number][];
  /** Width of a picture of height 64; first and last column of it that its middle square shows. */
  crops: [number, number, number][];
};

/** What img2dataset makes of seven pictures: width, height, then `keep_ratio` and `keep_ratio_largest` for 256 and 512. */
const table = [
  [123, 456, "256x949", "512x1898", "69x256", "138x512"],
  [208, 495, "256x609", "512x1218", "108x256", "215x512"],
  [321, 421, "256x336", "512x672", "195x256", "390x512"],
  [389, 535, "256x352", "512x704", "186x256", "372x512"],
  [416, 264, "403x256", "807x512", "256x162", "512x325"],
  [456, 123, "949x256", "1898x512", "256x69", "512x138"],
  [524, 316, "425x256", "849x512", "256x154", "512x309"],
] as const;

describe("resizeGeometry", () => {
  it("has img2dataset's sizes and borders in every mode, whatever the picture's size", () => {
    for (const [width, height, resize, size, onlyIfBigger, ...stored] of recorded.sizes) {
      const geometry = resizeGeometry({ width, height }, { resize, size, onlyIfBigger });
      const canvas = geometry?.canvas ?? { width, height };
      let begin = 0;
      if (geometry !== null && resize === "border") {
        const black = { ...geometry, data: new Uint8Array(geometry.width * geometry.height * 3) };
        begin = fitCanvas(black, canvas, "#ffffff").data.indexOf(0) / 3;
      }
      const place = [begin % canvas.width, Math.floor(begin / canvas.width)];
      expect([width, height, resize, size, onlyIfBigger, canvas.width, canvas.height, ...place]).toEqual([
        ...[width, height, resize, size, onlyIfBigger],
        ...stored,
      ]);
    }
    expect(recorded.sizes.length).toBeGreaterThan(300);
  });

  it("cuts what img2dataset cuts", () => {
    for (const [width, first, last] of recorded.crops) {
      const options = { resize: "center_crop", size: 64, onlyIfBigger: false } as const;
      const geometry = resizeGeometry({ width, height: 64 }, options);
      expect(geometry).toMatchObject({ width, height: 64 });
      const columns = Uint8Array.from({ length: width * 64 * 3 }, (_, at) => Math.floor(at / 3) % width);
      const { data } = fitCanvas({ width, height: 64, data: columns }, { width: 64, height: 64 }, "#ffffff");
      expect([width, data[0], data[63 * 3]]).toEqual([width, first, last]);
    }
  });

  it.each(table)("has img2dataset's sizes for %i×%i", (width, height, ...expected) => {
    const sizes = (["keep_ratio", "keep_ratio_largest"] as const).flatMap((resize) =>
      [256, 512].map((size) => {
        const geometry = resizeGeometry({ width, height }, { resize, size, onlyIfBigger: false });
        return geometry === null ? "as it is" : `${geometry.canvas.width}x${geometry.canvas.height}`;
      }),
    );
    expect(sizes).toEqual(expected);
  });

  it("fills squares for border and center_crop, the picture inside or around them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (width, height) => {
        const options = { size: 256, onlyIfBigger: false };
        const border = resizeGeometry({ width, height }, { resize: "border", ...options });
        const crop = resizeGeometry({ width, height }, { resize: "center_crop", ...options });
        const canvas = { width: 256, height: 256 };
        expect(border?.canvas).toEqual(canvas);
        expect(crop?.canvas).toEqual(canvas);
        expect(Math.max(border?.width ?? 0, border?.height ?? 0)).toBe(256);
        expect(Math.min(crop?.width ?? 0, crop?.height ?? 0)).toBe(256);
        expect(Math.min(border?.width ?? 0, border?.height ?? 0)).toBeGreaterThan(0);
      }),
    );
  });

  it("rounds halves to even, as Python does", () => {
    const heights = [5, 7].map((height) => {
      const options = { resize: "keep_ratio_largest", size: 256, onlyIfBigger: false } as const;
      return resizeGeometry({ width: 512, height }, options)?.height;
    });
    expect(heights).toEqual([2, 4]);
  });

  it("leaves pictures alone that are not bigger, when only bigger ones are asked for", () => {
    const options = { size: 256, onlyIfBigger: true };
    const wide = { width: 300, height: 200 };
    expect(resizeGeometry(wide, { resize: "keep_ratio", ...options })).toBeNull();
    expect(resizeGeometry(wide, { resize: "center_crop", ...options })).toBeNull();
    expect(resizeGeometry(wide, { resize: "keep_ratio_largest", ...options })?.canvas).toEqual({
      width: 256,
      height: 171,
    });
    const exact = { width: 256, height: 100 };
    expect(resizeGeometry(exact, { resize: "border", ...options })).toBeNull();
  });
});
