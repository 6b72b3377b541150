import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type CleanRow,
  cleanRowSchema,
  contentNaming,
  type DatasetConfig,
  type DatasetFolders,
  datasetFolders,
  loadDatasetConfig,
  type Manifest,
  readRows,
  rowKey,
  runStage,
  type SelectionRow,
  sha256,
  type Stage,
  writeRows,
} from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { stage } from "./select-stage.js";

let folder: string;
let folders: DatasetFolders;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-select-"));
  folders = datasetFolders("test", folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A clean row; equal pictures are equal bodies. */
function cleanRow(line: number, picture: string, overrides: Partial<CleanRow> = {}): CleanRow {
  const { url = `http://a.example/${line}.jpg`, caption = `caption of line ${line}` } = overrides;
  return {
    line,
    key: rowKey(url, caption),
    url,
    final_url: url,
    caption,
    outcome: "ok",
    detail: null,
    source_sha256: sha256(picture),
    source_format: "jpeg",
    source_width: 640,
    source_height: 480,
    width: 64,
    height: 48,
    phash: sha256(`p${picture}`).slice(0, 16),
    dhash: sha256(`d${picture}`).slice(0, 16),
    image_offset: 0n,
    image_length: 1,
    ...overrides,
  };
}

/** Makes `clean/` out of rows, `perPart` to a part. */
async function writeClean(rows: readonly CleanRow[], perPart: number, config: DatasetConfig): Promise<void> {
  const parts = Array.from({ length: Math.ceil(rows.length / perPart) }, (_, index) =>
    rows.slice(index * perPart, (index + 1) * perPart),
  );
  const cleanStage: Stage = {
    ...stage,
    name: "clean",
    folder: "clean",
    naming: contentNaming,
    options: () => ({}),
    plan: () =>
      Promise.resolve({
        parts: parts.map((part, index) => ({
          name: `part-0000${index}`,
          rows: part.length,
          inputHash: sha256(`${index}`),
          input: index,
        })),
      }),
    async *run({ input }, { create }) {
      const part = parts[input as number] ?? [];
      await writeRows(await create("rows.arrow"), cleanRowSchema, part);
      const outcomes: Record<string, number> = {};
      for (const { outcome } of part) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      yield { rows: part.length, bytes: 0, outcomes };
      return { rows: part.length, outcomes };
    },
  };
  await runStage(cleanStage, { config, folders });
}

async function configWith(select: Record<string, unknown>): Promise<DatasetConfig> {
  const path = join(folder, "dataset.json");
  await writeFile(
    path,
    JSON.stringify({ name: "test", source: { path: "list.tsv" }, select, translate: { model: "model" } }),
  );
  return loadDatasetConfig(path);
}

async function select(config: DatasetConfig): Promise<{ manifest: Manifest; rows: SelectionRow[] }> {
  const run = await runStage(stage, { config, folders });
  if (!run.complete) throw new Error("select did not finish");
  const files = Object.values(run.manifest.parts[0]?.files ?? {});
  const parts = await Promise.all(
    files.map(({ name }) => readRows<SelectionRow>(join(folders.selected, name))),
  );
  return { manifest: run.manifest, rows: parts.flat() };
}

/** Turns the last bit of a hash. */
function nearly(hash: string): string {
  return hash.slice(0, 15) + (Number.parseInt(hash.slice(15), 16) ^ 1).toString(16);
}

describe("the select stage", () => {
  it("gives every row of every part one outcome, and counts add up", async () => {
    const near = cleanRow(1, "a");
    const rows = [
      cleanRow(1, "a"),
      cleanRow(2, "x", {
        outcome: "corrupt",
        source_sha256: null,
        phash: null,
        dhash: null,
        image_offset: null,
      }),
      cleanRow(3, "a"),
      cleanRow(4, "near", { phash: nearly(near.phash ?? ""), dhash: nearly(near.dhash ?? "") }),
      cleanRow(5, "b", { caption: "image" }),
      cleanRow(6, "b"),
      cleanRow(7, "evaluation"),
      cleanRow(8, "evaluation"),
      cleanRow(9, "flat", { phash: null, dhash: null }),
      cleanRow(10, "c"),
      cleanRow(11, "d", { caption: "too many words for the rule of this test" }),
    ];
    await writeFile(join(folder, "evaluation.txt"), "http://a.example/7.jpg\n");
    const config = await configWith({
      train: 2,
      validation: 1,
      exclude: ["evaluation.txt"],
      captions: { boilerplate: true, maxWords: 6 },
    });
    await writeClean(rows, 4, config);
    const { manifest, rows: selected } = await select(config);
    expect(manifest.rows).toBe(11);
    expect(manifest.outcomes).toEqual({
      ok: 3,
      reserve: 1,
      corrupt: 1,
      duplicate: 2,
      caption_boilerplate: 1,
      caption_long: 1,
      excluded: 2,
    });
    expect(manifest.parts[0]?.facts).toMatchObject({
      matches: { duplicate: { exact: expect.any(Number) as number }, excluded: { url: 1, exact: 1 } },
    });
    const byKey = new Map(selected.map((row) => [row.key, row]));
    expect(selected).toHaveLength(10);
    // Row numbers are those of the clean part, over its bad rows.
    expect(selected.map(({ row }) => row)).toEqual([0, 2, 3, 0, 1, 2, 3, 0, 1, 2]);
    const cluster = [rows[0], rows[2], rows[3]].map((row) => byKey.get(row?.key ?? ""));
    const keeper = cluster.find((row) => row?.verdict !== "duplicate");
    for (const row of cluster) {
      if (row !== keeper) expect(row).toMatchObject({ verdict: "duplicate", kept_key: keeper?.key });
    }
    expect(byKey.get(rows[6]?.key ?? "")).toMatchObject({
      verdict: "excluded",
      reason: "url",
      distance: null,
    });
    expect(byKey.get(rows[7]?.key ?? "")).toMatchObject({ verdict: "excluded", reason: "exact" });
    expect(byKey.get(rows[4]?.key ?? "")).toMatchObject({ verdict: "caption_boilerplate", kept_key: null });
    const train = selected.filter(({ verdict }) => verdict === "train").map(({ position }) => position);
    expect(train.sort()).toEqual([0, 1]);
  });

  it("finds duplicates across parts of several record batches", async () => {
    const rows = Array.from({ length: 20_000 }, (_, line) => cleanRow(line, `picture ${line % 15_000}`));
    const config = await configWith({ train: 1000, validation: 100 });
    await writeClean(rows, 12_000, config);
    const { manifest, rows: selected } = await select(config);
    expect(manifest.outcomes).toEqual({ ok: 1100, reserve: 13_900, duplicate: 5000 });
    expect(manifest.parts[0]?.facts.matches).toEqual({ duplicate: { exact: 5000 } });
    for (const { verdict, kept_key: kept, reason } of selected)
      expect([verdict === "duplicate", kept !== null, reason]).toEqual(
        verdict === "duplicate" ? [true, true, "exact"] : [false, false, null],
      );
    // With too little memory for 20,000 rows it makes the same, so it is no option of the data.
    const frugal = await configWith({ train: 1000, validation: 100, memoryMegabytes: 1 });
    expect((await select(frugal)).manifest).toEqual(manifest);
    await rm(folders.selected, { recursive: true });
    expect((await select(frugal)).manifest.hash).toBe(manifest.hash);
    expect(await readdir(folders.selected)).not.toContainEqual(expect.stringContaining("spill"));
  });

  it("refuses verdicts made under another exclusion list, whatever the list is called", async () => {
    await writeFile(join(folder, "a.txt"), `${"ab".repeat(32)}\n`);
    await writeFile(join(folder, "b.txt"), `# the same\n${"ab".repeat(32)}\n`);
    await writeFile(join(folder, "c.txt"), `${"cd".repeat(32)}\n`);
    const first = await configWith({ train: 1, validation: 1, exclude: ["a.txt"] });
    await writeClean([cleanRow(1, "a"), cleanRow(2, "b")], 2, first);
    await select(first);
    await select(await configWith({ train: 1, validation: 1, exclude: ["b.txt"] }));
    await expect(
      select(await configWith({ train: 1, validation: 1, exclude: ["c.txt"] })),
    ).rejects.toMatchObject({
      code: "DATA_MISMATCH",
      message: expect.stringContaining("select.exclude") as string,
    });
  });
});
