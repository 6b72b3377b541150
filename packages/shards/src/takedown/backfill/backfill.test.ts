import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { datasetFolders, readManifest, runStage, sha256, type StageContext } from "@leyenda/core";
import { tableFromIPC } from "apache-arrow";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../../../test/fake-pipeline.js";
import { stage as arrange } from "../../arrange-stage.js";
import { stage as shards } from "../../shards-stage.js";
import { verifyDataset } from "../../verify/verify-dataset.js";
import type { ShardRow } from "../../write/shard-schema.js";
import { readRequest, type TakedownValues } from "../read-request.js";
import { takeDown, type TakeDownResult } from "../take-down.js";
import type { Backfill } from "./backfill.js";

const [train, validation, reserve] = [43, 5, 12];
const expected = { train, validation };

let [template, dataDir] = ["", ""];
let built: StageContext;
let context: StageContext;
let asked: string[];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "leyenda-backfill-"));
  built = await makeFakePipeline(template, train, validation, reserve);
  await runStage(arrange, built);
  await runStage(shards, built);
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-backfill-"));
  await cp(template, dataDir, { recursive: true });
  context = { ...built, folders: datasetFolders("fake", dataDir) };
  asked = [];
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const backfill: Backfill = {
  options: {},
  translate: (captions) => {
    asked.push(...captions);
    const columns = { score: -1, source_tokens: 3, target_tokens: 3, unknown_pieces: 0, flags: "" };
    const rest = { ...columns, source_truncated: false, target_truncated: false };
    return Promise.resolve(
      new Map(captions.map((text) => [text, { ...rest, caption_es: `de la reserva: ${text}` }])),
    );
  },
};

async function down(
  values: TakedownValues,
  options: { backfill?: Backfill; dryRun?: boolean } = { backfill },
): Promise<TakeDownResult> {
  return takeDown({ ...context, entries: await readRequest(values), at: new Date(0), ...options });
}

async function rowsOf(split: string): Promise<ShardRow[]> {
  const names = (await readdir(context.folders.dataset)).filter(
    (name) => name.startsWith(split) && name.endsWith(".arrow"),
  );
  const tables = names
    .sort()
    .map(async (name) => tableFromIPC(await readFile(join(context.folders.dataset, name))));
  return (await Promise.all(tables)).flatMap((table) => table.toArray() as ShardRow[]);
}

async function rootHash(): Promise<unknown> {
  return (await readManifest(context.folders.dataset))?.summary.rootHash;
}

describe("a takedown that fills up from the reserve", () => {
  it("keeps the splits' sizes: each place has a row of the reserve with its own picture, and no other shard is touched", async () => {
    const before = (await rowsOf("train")).map(({ key }) => key);
    const manifest = await readManifest(context.folders.dataset);
    const result = await down({ url: ["http://a.example/3.jpg"], key: [before[30] ?? ""] });
    expect(result).toMatchObject({ rows: 2, backfilled: 2, splits: { train: 2 } });
    expect(result.shards).toHaveLength(2);
    const rows = await rowsOf("train");
    expect(rows).toHaveLength(train);
    const changed = rows.flatMap(({ key }, index) => (key === before[index] ? [] : [index]));
    expect(changed).toEqual([3, 30]);
    for (const index of changed) {
      const row = rows[index];
      expect(Number(/\d+/.exec(row?.caption_en ?? "")?.[0])).toBeGreaterThanOrEqual(train + validation);
      expect(row?.caption_es).toBe(`de la reserva: ${row?.caption_en ?? ""}`);
      expect(sha256(row?.image.bytes ?? "")).toBe(row?.source_sha256);
    }
    const after = await readManifest(context.folders.dataset);
    const same = after?.parts.filter(({ hash }, index) => hash === manifest?.parts[index]?.hash);
    expect(same).toHaveLength((manifest?.parts.length ?? 0) - 2);
    const report = await verifyDataset(context.folders.dataset, { expected });
    expect(report.problems).toEqual([]);
    expect(await readFile(join(context.folders.dataset, "README.md"), "utf8")).toContain(
      "| with rows of the reserve in free places | 48 |",
    );
  });

  it("fills places that earlier takedowns left free, and those of rows that had taken a place", async () => {
    await down({ url: ["http://a.example/3.jpg"] }, {});
    expect(await rowsOf("train")).toHaveLength(train - 1);
    expect(await down({})).toMatchObject({ backfilled: 1 });
    const first = (await rowsOf("train"))[3];
    expect(await down({ key: [first?.key ?? ""] })).toMatchObject({ rows: 1, backfilled: 1 });
    const second = (await rowsOf("train"))[3];
    expect(new Set([asked[0], asked[1]])).toEqual(new Set([first?.caption_en, second?.caption_en]));
    expect(await rowsOf("train")).toHaveLength(train);
    expect(await down({})).toMatchObject({ rows: 0, backfilled: 0, shards: [] });
  });

  it("never takes a row that was taken down, or twice the same", async () => {
    const all = await down({ host: ["cdn.example"] });
    expect(all).toMatchObject({ rows: 10, backfilled: 10 });
    const rows = [...(await rowsOf("train")), ...(await rowsOf("validation"))];
    expect(rows).toHaveLength(train + validation);
    expect(rows.filter(({ final_url }) => final_url.includes("cdn.example"))).toEqual([]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(train + validation);
    const moreThanThere = down({ url: ["http://a.example/1.jpg"] });
    await expect(moreThanThere).rejects.toMatchObject({
      code: "NOT_ENOUGH_ROWS",
      message: /1 places .* 0 rows/,
    });
    expect(await rowsOf("train")).toHaveLength(train);
  });

  it("comes out the same when everything after the translation is made anew, and logs no address", async () => {
    await down({ url: ["http://a.example/3.jpg"] });
    const hash = await rootHash();
    await rm(context.folders.arranged, { recursive: true });
    await rm(context.folders.dataset, { recursive: true });
    await runStage(arrange, context);
    await runStage(shards, context);
    expect(await rootHash()).toBe(hash);
    const log = await readFile(join(context.folders.root, "takedown.jsonl"), "utf8");
    expect(log).not.toContain("example");
    expect(JSON.parse(log)).toMatchObject({ backfill: { rows: 1 } });
  });

  it("says what would take places with dryRun, without a translation or a change", async () => {
    const hash = await rootHash();
    expect(await down({ url: ["http://a.example/3.jpg"] }, { backfill, dryRun: true })).toMatchObject({
      rows: 1,
      backfilled: 1,
    });
    expect(asked).toEqual([]);
    expect(await rootHash()).toBe(hash);
    expect(await readdir(context.folders.root)).not.toContain("backfill");
  });

  it.each(["selected", "clean", "translated"] as const)(
    "is refused where %s/ is gone, and changes nothing",
    async (folder) => {
      const hash = await rootHash();
      await rm(context.folders[folder], { recursive: true });
      await expect(down({ url: ["http://a.example/3.jpg"] })).rejects.toMatchObject({
        code: "DATA_MISSING",
        message: /reserve is gone/,
      });
      expect(await rootHash()).toBe(hash);
      expect(await readdir(context.folders.root)).not.toContain("takedown.jsonl");
    },
  );

  describe("where the row of the reserve has a flag", () => {
    const flagged: Backfill = {
      ...backfill,
      translate: async (captions) => {
        const plain = await backfill.translate(captions);
        return new Map([...plain].map(([text, row]) => [text, { ...row, flags: "loop,names" }]));
      },
    };

    it("keeps it in its place, and its flags, if the policy keeps them", async () => {
      expect(await down({ url: ["http://a.example/3.jpg"] }, { backfill: flagged })).toMatchObject({
        rows: 1,
        backfilled: 1,
      });
      const rows = await rowsOf("train");
      expect(rows).toHaveLength(train);
      expect(rows[3]?.translation_flags).toBe("loop,names");
      expect((await verifyDataset(context.folders.dataset, { expected })).problems).toEqual([]);
    });

    it("leaves it out, and says so in manifest and card, if the policy quarantines one of them", async () => {
      const { config } = context;
      const policy = { ...config.translate.policy, loop: "quarantine" as const };
      context = { ...context, config: { ...config, translate: { ...config.translate, policy } } };
      for (const folder of ["arranged", "dataset"] as const)
        await rm(context.folders[folder], { recursive: true });
      await runStage(arrange, context);
      await runStage(shards, context);
      const before = (await rowsOf("train")).map(({ key }) => key);
      expect(before).toHaveLength(train);
      await down({ url: ["http://a.example/3.jpg"] }, { backfill: flagged });
      const after = (await rowsOf("train")).map(({ key }) => key);
      expect(after).toEqual(before.filter((_, place) => place !== 3));
      expect((await readManifest(context.folders.dataset))?.summary).toMatchObject({
        quarantined: { train: 1, validation: 0 },
      });
      expect((await verifyDataset(context.folders.dataset, { expected })).problems).toEqual([]);
      expect(await readFile(join(context.folders.dataset, "README.md"), "utf8")).toContain(
        "| not quarantined | 47 |",
      );
    });
  });

  it("is refused where the reserve's pictures were deleted, or the translation has other options", async () => {
    const images = (await readdir(context.folders.clean)).filter((name) => name.endsWith("images.arrow"));
    for (const name of images) await rm(join(context.folders.clean, name));
    await expect(down({ url: ["http://a.example/3.jpg"] })).rejects.toMatchObject({ code: "DATA_MISSING" });
    const others: Backfill = { ...backfill, options: { "translate.beams": 1 } };
    await expect(down({ url: ["http://a.example/3.jpg"] }, { backfill: others })).rejects.toMatchObject({
      code: "DATA_MISMATCH",
    });
  });

  it("stops where the rows that took places are not what the log says", async () => {
    await down({ url: ["http://a.example/3.jpg"] });
    const folder = join(context.folders.root, "backfill");
    const [name = ""] = await readdir(folder);
    await writeFile(join(folder, name), "something else");
    const run = runStage(arrange, { ...context, overwrite: true });
    await expect(run).resolves.toMatchObject({ complete: true });
    await rm(context.folders.arranged, { recursive: true });
    await expect(runStage(arrange, context)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
  });
});
