import { describe, expect, it } from "vitest";

import { readBlurBoxes } from "./read-blur-boxes.js";

const extra = (faces: unknown): string => JSON.stringify({ faces, id: 7 });

describe("readBlurBoxes", () => {
  it("takes boxes as JSON values and as texts of JSON", () => {
    const boxes = [
      [0, 0, 0.5, 0.5],
      [0.25, 0.5, 1, 1],
    ];
    expect(readBlurBoxes(extra(boxes), "faces")).toEqual(boxes);
    expect(readBlurBoxes(extra(JSON.stringify(boxes)), "faces")).toEqual(boxes);
  });

  it.each([[[]], ["[]"], [""], ["  "], [null], ["null"]])("takes %j for no boxes", (faces) => {
    expect(readBlurBoxes(extra(faces), "faces")).toEqual([]);
  });

  it("takes a row without the column for one without boxes", () => {
    expect(readBlurBoxes('{"id":7}', "faces")).toEqual([]);
    expect(readBlurBoxes(null, "faces")).toEqual([]);
  });

  it.each([
    ["pixels", [[10, 20, 30, 40]]],
    ["a box the wrong way round", [[0.5, 0, 0.1, 1]]],
    ["three sides", [[0, 0, 1]]],
    ["one box outside a list", [0, 0, 1, 1]],
    ["a text", "none"],
    ["broken JSON", "[[0,0,1"],
    ["an object", { left: 0 }],
  ])("does not guess: %s", (_, faces) => {
    expect(readBlurBoxes(extra(faces), "faces")).toBeNull();
  });
});
