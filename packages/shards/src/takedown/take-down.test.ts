import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  datasetFolders,
  readManifest,
  readRows,
  requireManifest,
  runStage,
  sha256,
  type StageContext,
  type TranslatedRow,
} from "@leyenda/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../../test/fake-pipeline.js";
import { stage as arrange } from "../arrange-stage.js";
import { stage as shards } from "../shards-stage.js";
import { verifyDataset } from "../verify/verify-dataset.js";
import { readRequest, type TakedownValues } from "./read-request.js";
import { takeDown, type TakeDownResult } from "./take-down.js";

const runner = fileURLToPath(new URL("../../test/fixtures/take-down.mjs", import.meta.url));
const [train, validation] = [43, 5];
const expected = { train, validation };
const name = "fake";

let [template, dataDir] = ["", ""];
let context: StageContext;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "leyenda-takedown-"));
  context = await makeFakePipeline(template, train, validation, 8);
  await runStage(arrange, context);
  await runStage(shards, context);
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-takedown-"));
  await cp(template, dataDir, { recursive: true });
  context = { ...context, folders: datasetFolders(name, dataDir) };
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function down(values: TakedownValues, dryRun = false): Promise<TakeDownResult> {
  return takeDown({ ...context, entries: await readRequest(values), dryRun, at: new Date(0) });
}

async function rowOf(caption: string): Promise<TranslatedRow> {
  const { parts } = await requireManifest(context.folders.translated, "translate");
  for (const { files } of parts) {
    const rows = await readRows<TranslatedRow>(
      join(context.folders.translated, files["rows.arrow"]?.name ?? ""),
    );
    const row = rows.find((each) => each.caption_en === caption);
    if (row !== undefined) return row;
  }
  throw new Error(`no row says ${caption}`);
}

/** SHA-256 and file of every shard. */
async function shardFiles(): Promise<Map<string, string>> {
  const { dataset } = context.folders;
  const names = (await readdir(dataset)).filter((each) => each.endsWith(".arrow"));
  const entries = names.map(async (each): Promise<[string, string]> => {
    const { ino, mtimeMs } = await stat(join(dataset, each));
    return [each, `${sha256(await readFile(join(dataset, each)))} ${ino} ${mtimeMs}`];
  });
  return new Map(await Promise.all(entries));
}

describe("takeDown", () => {
  it("takes rows out by URL, SHA-256 and key at once, and touches no shard but theirs", async () => {
    const [byUrl, bySha, byKey] = [
      await rowOf("picture number 3"),
      await rowOf("picture number 12"),
      await rowOf("picture number 45"),
    ];
    const before = await shardFiles();
    const result = await down({ url: [byUrl.url], sha256: [bySha.source_sha256], key: [byKey.key] });
    expect(result).toMatchObject({ rows: 3, splits: { train: 2, validation: 1 }, unmatched: 0 });
    const after = await shardFiles();
    const changed = [...after].filter(([each, file]) => before.get(each) !== file).map(([each]) => each);
    expect(changed.map((each) => each.replace(".arrow", "")).sort()).toEqual([...result.shards].sort());
    expect(changed).toHaveLength(3);
    expect(after.size).toBe(before.size);
    const report = await verifyDataset(context.folders.dataset, { expected });
    expect(report.problems).toEqual([]);
    expect(report.rows).toBe(train + validation - 3);
  });

  it("signs the manifest anew, with the hashes that were before, and counts what is left", async () => {
    const before = await readManifest(context.folders.dataset);
    const { rootHash } = await down({ url: [(await rowOf("picture number 3")).url] });
    const second = await down({ key: [(await rowOf("picture number 4")).key] });
    const manifest = await readManifest(context.folders.dataset);
    expect(second.rootHash).not.toBe(rootHash);
    expect(manifest?.summary).toMatchObject({
      rootHash: second.rootHash,
      splits: { train: { rows: train - 2 } },
      takedown: {
        removed: { train: 2, validation: 0 },
        previousRootHashes: [before?.summary.rootHash, rootHash],
      },
    });
    const info = JSON.parse(
      await readFile(join(context.folders.dataset, "dataset_info.json"), "utf8"),
    ) as object;
    expect(info).toMatchObject({ splits: { train: { num_examples: train - 2 } } });
    const card = await readFile(join(context.folders.dataset, "README.md"), "utf8");
    expect(card).toContain(`| not taken down since | ${train + validation - 2} |`);
  });

  it("takes down by the address that a redirect led to, and its host, as by that of the list", async () => {
    const { final_url: first } = await rowOf("picture number 5");
    expect(first).toBe("http://cdn.example/5.jpg");
    expect(await down({ url: [first] })).toMatchObject({ rows: 1, shards: ["train-00000-of-00005"] });
    expect(await down({ host: ["cdn.example"] })).toMatchObject({ rows: 9, unmatched: 0 });
  });

  it("takes a host down with all below it, and logs hashes only", async () => {
    const { url } = await rowOf("picture number 3");
    const list = join(dataDir, "list.txt");
    await writeFile(list, `# asked for by mail\n${url}\n\nhttp://never.example/x.jpg\n`);
    expect(await down({ url: [list] })).toMatchObject({ rows: 1, unmatched: 1 });
    const log = await readFile(join(context.folders.root, "takedown.jsonl"), "utf8");
    expect(log.trim().split("\n")).toHaveLength(1);
    expect(log).not.toContain("example");
    expect(log).toContain(sha256(url));
    await expect(down({ host: ["example"] })).rejects.toMatchObject({ code: "NOT_ENOUGH_ROWS" });
    expect(await readFile(join(context.folders.root, "takedown.jsonl"), "utf8")).toBe(log);
  });

  it("says what would go with dryRun, and changes nothing", async () => {
    const before = await shardFiles();
    const result = await down({ url: [(await rowOf("picture number 3")).url] }, true);
    expect(result).toMatchObject({ rows: 1, shards: ["train-00000-of-00005"] });
    expect(await shardFiles()).toEqual(before);
    expect(await readdir(context.folders.root)).not.toContain("takedown.jsonl");
  });

  it("is honoured when everything after the translation is made anew", async () => {
    const { rootHash } = await down({ url: [(await rowOf("picture number 3")).url] });
    await rm(context.folders.arranged, { recursive: true });
    await rm(context.folders.dataset, { recursive: true });
    await runStage(arrange, context);
    await runStage(shards, context);
    expect((await readManifest(context.folders.dataset))?.summary.rootHash).toBe(rootHash);
  });

  it("does nothing the second time", async () => {
    const { url } = await rowOf("picture number 3");
    const first = await down({ url: [url] });
    const files = await shardFiles();
    expect(await down({ url: [url] })).toMatchObject({ rows: 0, shards: [], rootHash: first.rootHash });
    expect(await shardFiles()).toEqual(files);
  });

  it("refuses a config that is not the dataset's, and what is no URL, before anything changes", async () => {
    const config = { ...context.config, shards: { ...context.config.shards, rowsPerShard: 20 } };
    const entries = await readRequest({ url: [(await rowOf("picture number 3")).url] });
    await expect(takeDown({ ...context, config, entries })).rejects.toMatchObject({ code: "DATA_MISMATCH" });
    await expect(readRequest({ url: ["example"] })).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: "--url",
    });
    expect(await readdir(context.folders.root)).not.toContain("takedown.jsonl");
  });

  it.each([
    ["leaves places free", "no", 10],
    ["fills them up from the reserve", "backfill", 5],
  ] as const)(
    "that %s leaves the old or the new dataset when it is killed at any moment, and goes on",
    async (_what, fill, moments) => {
      const config = join(dataDir, "config.json");
      await writeFile(config, JSON.stringify(context.config));
      const urls = [(await rowOf("picture number 3")).url, (await rowOf("picture number 30")).url];
      const old = (await readManifest(context.folders.dataset))?.summary.rootHash;
      const run = (folder: string): [string, string[]] => [
        process.execPath,
        [runner, config, folder, name, fill, ...urls],
      ];
      const started = performance.now();
      await cp(template, join(dataDir, "whole"), { recursive: true });
      const { stdout } = await promisify(execFile)(...run(join(dataDir, "whole")));
      const milliseconds = performance.now() - started;
      const { rootHash, backfilled } = JSON.parse(stdout) as TakeDownResult;
      expect(backfilled).toBe(fill === "backfill" ? 2 : 0);
      const states = new Set<unknown>();
      for (let moment = 1; moment <= moments; moment += 1) {
        const copy = join(dataDir, `copy-${moment}`);
        await cp(template, copy, { recursive: true });
        const child = spawn(...run(copy), { stdio: "ignore" });
        const ended = new Promise((resolve) => child.once("close", resolve));
        // Most of the time goes by before the first file is touched. The first is killed long before: on a machine that is busy at first, the
        // others may all come to their end.
        const share = moment === 1 ? 0.1 : 0.55 + (0.5 * moment) / moments;
        const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds * share);
        await ended;
        clearTimeout(timer);
        const { dataset, root } = datasetFolders(name, copy);
        const left = (await readManifest(dataset)) === null ? `${dataset}.old` : dataset;
        const hash = (await readManifest(left))?.summary.rootHash;
        expect([old, rootHash]).toContain(hash);
        states.add(hash);
        expect((await verifyDataset(left, { expected, nearBits: 0 })).problems).toEqual([]);
        const again = JSON.parse((await promisify(execFile)(...run(copy))).stdout) as TakeDownResult;
        expect(again.rootHash).toBe(rootHash);
        expect((await verifyDataset(dataset)).problems).toEqual([]);
        expect((await readdir(root)).filter((each) => each.startsWith("dataset"))).toEqual(["dataset"]);
        await rm(copy, { recursive: true });
      }
      expect(states.has(old)).toBe(true);
    },
    180_000,
  );
});
