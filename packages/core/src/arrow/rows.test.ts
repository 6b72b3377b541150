import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { PartFile } from "../parts/part-file.js";
import { type SelectionRow, selectionRowSchema } from "../rows/selection-row.js";
import { type TranslatedRow, translatedRowSchema } from "../rows/translated-row.js";
import { openRows } from "./open-rows.js";
import { readRows } from "./read-rows.js";
import { RowsSpill } from "./rows-spill.js";
import { writeRows } from "./write-rows.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-rows-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const translated: TranslatedRow = {
  split: "train",
  position: 4_000_000_000,
  line: 1,
  key: "00ff",
  url: "http://a.example/ñ.jpg",
  final_url: "http://b.example/ñ.jpg",
  caption_en: "a \u{1F41F} in\ta bowl",
  caption_es: "un pez en un cuenco",
  score: -0.5,
  source_tokens: 3,
  target_tokens: 4,
  source_truncated: false,
  target_truncated: true,
  unknown_pieces: 1,
  source_sha256: "ab",
  source_format: "jpeg",
  source_width: 640,
  source_height: 480,
  phash: "00ff00ff00ff00ff",
  dhash: null,
  width: 64,
  height: 48,
  image_part: "part-00000",
  image_offset: 2n ** 40n,
  image_length: 123,
  extra: '{"id":7}',
  flags: "loop,numbers",
};

describe("rows files", () => {
  it("give back every value of every type", async () => {
    const path = join(folder, "t.arrow");
    const file = await PartFile.create(path);
    await writeRows(file, translatedRowSchema, [translated, { ...translated, caption_es: "" }]);
    await file.close();
    expect(await readRows<TranslatedRow>(path)).toEqual([translated, { ...translated, caption_es: "" }]);
  });

  it("hold more rows than a record batch, with nulls", async () => {
    const rows = Array.from({ length: 20_000 }, (_, row): SelectionRow => ({
      row,
      key: `${row}`,
      verdict: row % 3 === 0 ? "train" : "reserve",
      position: row % 3 === 0 ? row / 3 : null,
      kept_key: null,
      reason: null,
      distance: row % 3 === 0 ? 4 : null,
    }));
    const path = join(folder, "s.arrow");
    const file = await PartFile.create(path);
    await writeRows(file, selectionRowSchema, rows);
    await file.close();
    expect(await readRows<SelectionRow>(path)).toEqual(rows);
  });

  it("may be empty", async () => {
    const path = join(folder, "e.arrow");
    const file = await PartFile.create(path);
    await writeRows(file, translatedRowSchema, []);
    await file.close();
    expect(await readRows<TranslatedRow>(path)).toEqual([]);
  });

  it("are refused by name when they are something else", async () => {
    const path = join(folder, "x.arrow");
    await writeFile(path, "not Arrow at all, but long enough to look at");
    await expect(readRows(path)).rejects.toMatchObject({ code: "DATA_CORRUPT", where: path });
  });
});

describe("rows laid aside", () => {
  it("come back in the order in which they were added, and leave no file", async () => {
    const rows = Array.from({ length: 9 }, (_, line) => ({ ...translated, line, caption_es: `pez ${line}` }));
    const path = join(folder, "t.arrow");
    const file = await PartFile.create(path);
    await writeRows(file, translatedRowSchema, rows);
    await file.close();
    const spill = await RowsSpill.create<TranslatedRow>(folder, translatedRowSchema);
    const from = await openRows<TranslatedRow>(path);
    await spill.add(from, [7, 1]);
    await spill.add(from, []);
    await spill.add(from, [4, 0, 8]);
    expect(await readdir(folder)).toEqual(["t.arrow"]);
    expect((await spill.read()).take()).toEqual([7, 1, 4, 0, 8].map((line) => rows[line]));
    await spill.close();
  });

  it("may be none", async () => {
    const spill = await RowsSpill.create<TranslatedRow>(folder, translatedRowSchema);
    expect((await spill.read()).rows).toBe(0);
    await spill.close();
  });
});
