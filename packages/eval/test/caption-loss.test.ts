import { describe, expect, it } from "vitest";

import { captionLoss } from "../src/captions/caption-loss.js";
import { ShiftedPictures, shiftedRow } from "../src/captions/shift-pictures.js";

describe("captionLoss", () => {
  const rows = [
    { loss: 4, tokens: 4 },
    { loss: 12, tokens: 4 },
    { loss: 6, tokens: 2 },
    { loss: 6, tokens: 1 },
    { loss: 100, tokens: 1 },
  ];

  it("weighs tokens alike, and for the original's value batches, without the rows that fill none", () => {
    expect(captionLoss(rows, 2)).toEqual({
      ...{ loss: 128 / 12, loss_seed: (16 / 8 + 12 / 3) / 2, batch: 2, batches: 2, rows: 5, tokens: 12 },
    });
  });

  it("has no value of the original where no batch is full, and none at all without rows", () => {
    expect(captionLoss(rows, 128)).toMatchObject({ loss: 128 / 12, loss_seed: null, batches: 0 });
    expect(captionLoss([], 128)).toMatchObject({ loss: null, loss_seed: null });
  });
});

describe("ShiftedPictures", () => {
  it.each([
    [2, 4],
    [3, 4],
    [4, 4],
    [5, 4],
    [11, 4],
    [12, 4],
  ])("gives each of %d rows another's picture, each picture once", (rows, distance) => {
    const pictures = new ShiftedPictures(distance);
    const streamed = Array.from(
      { length: rows },
      (_, row) => pictures.next(Float32Array.of(row))?.[0] ?? null,
    );
    const last = pictures.last().map(([row]) => row ?? null);
    const all = streamed.map((other, row) => other ?? last[row] ?? null);
    expect(all).toEqual(Array.from({ length: rows }, (_, row) => shiftedRow(row, rows, distance)));
    expect(all.some((other, row) => other === row)).toBe(false);
    expect(new Set(all).size).toBe(rows);
  });
});
