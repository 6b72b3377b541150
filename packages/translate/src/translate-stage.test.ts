import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  type CleanRow,
  cleanRowSchema,
  contentNaming,
  datasetConfigSchema,
  datasetFolders,
  readManifest,
  readRows,
  runStage,
  type SelectionRow,
  selectionRowSchema,
  sha256,
  type Stage,
  type StageContext,
  type TranslatedRow,
  writeRows,
} from "@leyenda/core";
import { Translator } from "@leyenda/marian";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { stage } from "./translate-stage.js";

const model = fileURLToPath(new URL("../../../datasets/sample/model", import.meta.url));
const captions = [
  "a red car",
  "a black dog on the beach",
  "two cats in the garden",
  "a house",
  "a boy reading a book",
];

let dataDir: string;
let context: StageContext;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-translate-"));
  context = {
    config: datasetConfigSchema.parse({
      name: "test",
      source: { path: "list.tsv" },
      select: { train: 2, validation: 1 },
      translate: { model, beams: 2, maxLength: 32 },
    }),
    folders: datasetFolders("test", dataDir),
  };
  await runStage(cleanPart(), context);
  await runStage(selection(), context);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Verdicts by row: 3 is in no split, 4 is the validation split. */
const verdicts: Pick<SelectionRow, "row" | "verdict" | "position">[] = [
  { row: 0, verdict: "train", position: 1 },
  { row: 1, verdict: "duplicate", position: null },
  { row: 2, verdict: "train", position: 0 },
  { row: 3, verdict: "reserve", position: null },
  { row: 4, verdict: "validation", position: 0 },
];

const cleanRows = captions.map((caption, row): CleanRow => ({
  line: row + 1,
  key: sha256(caption).slice(0, 32),
  url: `http://a.example/${row}.jpg`,
  final_url: `http://b.example/${row}.jpg`,
  caption,
  outcome: "ok",
  detail: null,
  source_sha256: sha256(`picture ${row}`),
  source_format: "jpeg",
  source_width: 640,
  source_height: 480,
  width: 64,
  height: 48,
  phash: null,
  dhash: null,
  image_offset: BigInt(row * 1000),
  image_length: 999,
}));

const fake = {
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".",
  naming: contentNaming,
  versions: () => ({}),
  options: () => ({}),
};

function cleanPart(rows: readonly CleanRow[] = cleanRows): Stage {
  return {
    ...fake,
    name: "clean",
    folder: "clean",
    plan: () =>
      Promise.resolve({
        parts: [
          {
            name: "part-00000",
            rows: 5,
            inputHash: sha256(rows.map(({ caption }) => caption).join()),
            input: null,
          },
        ],
      }),
    async *run(_part, { create }) {
      yield { rows: 5, bytes: 0, outcomes: { ok: 5 } };
      await writeRows(await create("rows.arrow"), cleanRowSchema, rows);
      return { rows: 5, outcomes: { ok: 5 } };
    },
  };
}

function selection(): Stage {
  return {
    ...fake,
    name: "select",
    folder: "selected",
    plan: () =>
      Promise.resolve({ parts: [{ name: "selection", rows: 5, inputHash: sha256("select"), input: null }] }),
    async *run(_part, { create }) {
      yield { rows: 5, bytes: 0, outcomes: { ok: 3, duplicate: 1, reserve: 1 } };
      const rows = verdicts.map((verdict) => ({
        ...verdict,
        key: cleanRows[verdict.row]?.key ?? "",
        kept_key: null,
      }));
      await writeRows(await create("part-00000.arrow"), selectionRowSchema, rows);
      return {
        rows: 5,
        outcomes: { ok: 3, duplicate: 1, reserve: 1 },
        facts: { selectedRows: { "part-00000": 3 } },
      };
    },
  };
}

async function translated(): Promise<TranslatedRow[]> {
  const manifest = await readManifest(context.folders.translated);
  return readRows<TranslatedRow>(
    join(context.folders.translated, manifest?.parts[0]?.files["rows.arrow"]?.name ?? ""),
  );
}

describe("the translate stage", () => {
  it("translates the chosen captions, and no other, with all that the dataset needs of their rows", async () => {
    await runStage(stage, context);
    const rows = await translated();
    expect(rows.map(({ split, position, caption_en }) => [split, position, caption_en])).toEqual([
      ["train", 1, "a red car"],
      ["train", 0, "two cats in the garden"],
      ["validation", 0, "a boy reading a book"],
    ]);
    expect(rows[0]?.caption_es).toMatch(/coche|rojo|auto/i);
    expect(rows[1]).toMatchObject({
      line: 3,
      url: "http://a.example/2.jpg",
      final_url: "http://b.example/2.jpg",
      image_part: "part-00000",
      image_offset: 2000n,
      width: 64,
      source_truncated: false,
    });
  });

  it("comes out the same, byte for byte, when it is made again", async () => {
    await runStage(stage, context);
    const before = (await readManifest(context.folders.translated))?.hash;
    await rm(context.folders.translated, { recursive: true });
    await runStage(stage, context);
    expect((await readManifest(context.folders.translated))?.hash).toBe(before);
  });

  it("comes out the same with a cache, empty or full, and says how much was there", async () => {
    await runStage(stage, context);
    const without = (await readManifest(context.folders.translated))?.hash;
    context.config.translate.cache = join(dataDir, "cache");
    for (const found of [0, 3]) {
      await rm(context.folders.translated, { recursive: true });
      await runStage(stage, context);
      const manifest = await readManifest(context.folders.translated);
      expect(manifest?.hash).toBe(without);
      expect(manifest?.summary.cache).toEqual({ looked: 3, found });
    }
    // Another way to search is another cache, though the caption is there.
    context.config.translate.beams = 3;
    await runStage(stage, { ...context, overwrite: true });
    expect((await readManifest(context.folders.translated))?.summary.cache).toEqual({ looked: 3, found: 0 });
  });

  it("prepares captions as the config says, keeps what the list has, and caches them apart", async () => {
    const shouted = { ...cleanRows[0], caption: "A RED CAR\u200b \u201cON\u201d THE BEACH" } as CleanRow;
    await runStage(cleanPart([shouted, ...cleanRows.slice(1)]), { ...context, overwrite: true });
    await runStage(selection(), { ...context, overwrite: true });
    context.config.translate.cache = join(dataDir, "cache");
    await runStage(stage, context);
    const asItIs = await translated();
    Object.assign(context.config.translate, { normalizePunctuation: true, lowerAllCaps: true });
    await runStage(stage, { ...context, overwrite: true });
    const prepared = await translated();
    expect((await readManifest(context.folders.translated))?.summary.cache).toEqual({ looked: 3, found: 0 });

    const translator = await Translator.load(model);
    const [said] = await translator.translate(['A red car "on" the beach'], { beams: 2, maxLength: 32 });
    await translator.close();
    expect(prepared[0]?.caption_en).toBe(shouted.caption);
    expect(prepared[0]?.caption_es).toBe(said?.text);
    expect(asItIs[0]?.caption_es).not.toBe(said?.text);
    expect(prepared.slice(1).map((row) => row.caption_es)).toEqual(
      asItIs.slice(1).map((row) => row.caption_es),
    );
  });

  it.each([
    ["empty", ""],
    ["10,000 characters", "a very long caption ".repeat(500)],
    ["control characters", "a\u0000b\u0007c\u001b[31m\r\n dog"],
    ["emoji", "👩‍👩‍👧‍👦🎉🐶"],
    ["right to left", "كلب أسود على الشاطئ"],
    ["punctuation", "!!! ??? ... --- ;;;"],
    ["a lone surrogate", "\ud800"],
  ])("translates a caption that is %s, or says in its row what is wrong", async (name, caption) => {
    const odd = { ...cleanRows[0], caption } as CleanRow;
    await runStage(cleanPart([odd, ...cleanRows.slice(1)]), { ...context, overwrite: true });
    await runStage(selection(), { ...context, overwrite: true });
    context.config.translate.maxSourceLength = 64;
    await runStage(stage, context);
    const rows = await translated();
    expect(rows).toHaveLength(3);
    const flags = rows[0]?.flags.split(",").filter((flag) => flag !== "") ?? [];
    // Nothing comes of nothing; of anything else comes a text or a mark.
    if (caption !== "" && rows[0]?.caption_es.trim() === "") expect(flags).toContain("empty");
    if (name === "10,000 characters") expect(flags).toContain("source_truncated");
    if (name === "emoji" || name === "right to left") expect(flags).toContain("unknown_pieces");
  });

  it("marks poor translations in their rows, and counts them in record and manifest", async () => {
    // Five tokens are enough for no translation.
    context.config.translate.maxLength = 5;
    await runStage(stage, context);
    const rows = await translated();
    expect(rows.every(({ flags, target_truncated: cut }) => flags.includes("target_truncated") === cut)).toBe(
      true,
    );
    const cut = rows.filter((row) => row.target_truncated).length;
    expect(cut).toBeGreaterThan(0);
    const manifest = await readManifest(context.folders.translated);
    expect(manifest?.summary).toMatchObject({ captions: 3, retried: 0, flags: { target_truncated: cut } });
    expect(manifest?.parts[0]?.facts).toEqual(manifest?.summary);
  });

  it("refuses to go on with another model, naming both", async () => {
    await runStage(stage, context);
    const other = join(dataDir, "other-model");
    await cp(model, other, { recursive: true });
    const info = JSON.parse(await readFile(join(other, "leyenda-model.json"), "utf8")) as object;
    await writeFile(
      join(other, "leyenda-model.json"),
      JSON.stringify({ ...info, hash: sha256("other"), name: "other" }),
    );
    const config = { ...context.config, translate: { ...context.config.translate, model: other } };
    await expect(runStage(stage, { ...context, config })).rejects.toMatchObject({
      code: "DATA_MISMATCH",
      message: expect.stringMatching(/translate\.model was .*sample-en-es.*is now .*other/) as string,
    });
  });
});
