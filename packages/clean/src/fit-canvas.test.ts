import { describe, expect, it } from "vitest";

import { fitCanvas } from "./fit-canvas.js";

const picture = { width: 2, height: 1, data: Uint8Array.from([1, 2, 3, 4, 5, 6]) };

describe("fitCanvas", () => {
  it("puts the picture in the middle, and of an odd rest the larger half right and below", () => {
    const { data, ...size } = fitCanvas(picture, { width: 3, height: 2 }, "#0a0b0c");
    expect(size).toEqual({ width: 3, height: 2 });
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 10, 11, 12, 10, 11, 12, 10, 11, 12, 10, 11, 12]);
  });

  it("keeps the middle of a larger picture, and of an odd rest cuts the larger half right and below", () => {
    const large = { width: 4, height: 3, data: Uint8Array.from({ length: 36 }, (_, at) => at) };
    expect([...fitCanvas(large, { width: 2, height: 1 }, "#ffffff").data]).toEqual([15, 16, 17, 18, 19, 20]);
    expect([...fitCanvas(large, { width: 1, height: 2 }, "#ffffff").data]).toEqual([3, 4, 5, 15, 16, 17]);
  });

  it("leaves a picture alone that fits", () => {
    expect(fitCanvas(picture, { width: 2, height: 1 }, "#ffffff")).toBe(picture);
  });
});
