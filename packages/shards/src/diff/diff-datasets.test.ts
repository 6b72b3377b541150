import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type PlainRow, writeFormats } from "../../test/write-formats.js";
import { diffDatasets } from "./diff-datasets.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-diff-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 12 }, (_, index): PlainRow => ({
  key: `row${index}`,
  caption: `una imagen ${index}`,
  // Compared, not decoded.
  picture: Buffer.from(`picture ${index}`),
}));

async function write(
  side: string,
  format: string,
  train: PlainRow[],
  validation: PlainRow[],
): Promise<string> {
  const at = join(folder, side);
  await mkdir(at);
  await writeFormats[format]?.(at, { train: [train.slice(0, 4), train.slice(4)], validation: [validation] });
  return at;
}

describe("diffDatasets", () => {
  it("says which rows were added, are gone, and have another caption, picture or split", async () => {
    const a = await write("a", "arrow", rows.slice(0, 8), rows.slice(8, 11));
    const [first, second, third, ...others] = rows.slice(0, 8) as [PlainRow, PlainRow, PlainRow];
    const train = [
      { ...first, caption: "otra cosa" },
      { ...second, picture: Buffer.from("another") },
      ...others,
      ...rows.slice(8, 9),
      ...rows.slice(11),
    ];
    const diff = await diffDatasets(a, await write("b", "arrow", train, rows.slice(9, 11)));
    expect(third.key).toBe("row2");
    expect(diff).toMatchObject({
      equal: false,
      same: 7,
      added: { rows: 1, examples: ["train-00001-of-00002.arrow, row 4"] },
      gone: { rows: 1, examples: ["train-00000-of-00002.arrow, row 2"] },
      captionChanged: { rows: 1, examples: ["train-00000-of-00002.arrow, row 0"] },
      pictureChanged: { rows: 1, examples: ["train-00000-of-00002.arrow, row 1"] },
      splitChanged: { rows: 1, examples: ["train-00001-of-00002.arrow, row 3"] },
    });
  });

  it("finds the same rows in another order equal, and says that they moved", async () => {
    const a = await write("a", "parquet", rows.slice(0, 8), rows.slice(8));
    const b = await write("b", "parquet", rows.slice(0, 8).reverse(), rows.slice(8));
    expect(await diffDatasets(a, b)).toMatchObject({ equal: true, same: 12, moved: { rows: 8 } });
  });

  it("compares rows of different formats", async () => {
    const a = await write("a", "parquet", rows.slice(0, 8), rows.slice(8));
    const b = await write("b", "webdataset", rows.slice(0, 8), rows.slice(8));
    expect(await diffDatasets(a, b)).toMatchObject({ equal: true, same: 12, moved: { rows: 0 } });
  });

  it("counts a key as often as it occurs", async () => {
    const a = await write("a", "arrow", rows.slice(0, 8), rows.slice(8));
    const b = await write("b", "arrow", [...rows.slice(0, 8), ...rows.slice(0, 1)], rows.slice(8));
    expect(await diffDatasets(a, b)).toMatchObject({
      equal: false,
      same: 12,
      added: { rows: 1 },
      gone: { rows: 0 },
    });
  });
});
