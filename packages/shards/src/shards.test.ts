import { execFileSync } from "node:child_process";
import {
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readManifest, runStage, sha256, type StageContext } from "@leyenda/core";
import { tableFromIPC } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../test/fake-pipeline.js";
import { stage as arrange } from "./arrange-stage.js";
import { openShard } from "./random-access/open-shard.js";
import { stage as shards } from "./shards-stage.js";
import { verifyDataset } from "./verify/verify-dataset.js";
import type { ShardRow } from "./write/shard-schema.js";

const [train, validation] = [43, 5];

let dataDir: string;
let context: StageContext;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-shards-"));
  context = await makeFakePipeline(dataDir, train, validation);
  await runStage(arrange, context);
  await runStage(shards, context);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function path(name: string): string {
  return join(context.folders.dataset, name);
}

async function readAll(split: string): Promise<ShardRow[]> {
  const names = (await readdir(context.folders.dataset))
    .filter((name) => name.startsWith(split) && name.endsWith(".arrow"))
    .sort();
  const tables = await Promise.all(names.map(async (name) => tableFromIPC(await readFile(path(name)))));
  return tables.flatMap((table) => table.toArray() as ShardRow[]);
}

async function problems(): Promise<string[]> {
  const report = await verifyDataset(context.folders.dataset, { expected: { train, validation } });
  expect(report.ok).toBe(report.problemCount === 0);
  return report.problems.map(({ check, where, message }) => `${check}: ${where}: ${message}`);
}

describe("a dataset", () => {
  it("has exactly the wanted rows, in the order of their positions, in shards of equal size", async () => {
    const rows = await readAll("train");
    expect(rows.map((row) => row.caption_en)).toEqual(
      Array.from({ length: train }, (_, index) => `picture number ${index}`),
    );
    expect(await readAll("validation")).toHaveLength(validation);
    const manifest = await readManifest(context.folders.dataset);
    const sizes = manifest?.parts.map((part) => part.rows);
    expect(sizes).toEqual([8, 9, 8, 9, 9, 5]);
    expect(manifest?.summary.splits).toMatchObject({
      train: { rows: train, shards: 5 },
      validation: { rows: validation },
    });
  });

  it("has shards of equal numbers of rows of which none is larger than bytesPerShard", async () => {
    const limits = { rowsPerShard: 1_000, bytesPerShard: 20_000 };
    const config = { ...context.config, shards: { ...context.config.shards, ...limits } };
    await runStage(arrange, { ...context, config, overwrite: true });
    await runStage(shards, { ...context, config, overwrite: true });
    const manifest = await readManifest(context.folders.dataset);
    const parts = manifest?.parts.filter(({ part }) => part.startsWith("train")) ?? [];
    const rows = parts.map((part) => part.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(train);
    expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
    const bytes = parts.map(({ files }) => files.shard?.bytes ?? 0);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(20_000);
    expect(Math.min(...bytes)).toBeGreaterThan(5_000);
    expect(await problems()).toEqual([]);
  });

  it.each(["lz4", "zstd"] as const)(
    "has the same rows with its buffers compressed by %s",
    async (compression) => {
      const before = await readAll("train");
      const size = (await stat(path("train-00000-of-00005.arrow"))).size;
      const config = { ...context.config, shards: { ...context.config.shards, compression } };
      await runStage(shards, { ...context, config, overwrite: true });
      expect((await readAll("train")).map(String)).toEqual(before.map(String));
      expect((await stat(path("train-00000-of-00005.arrow"))).size).toBeLessThan(size);
      expect(await problems()).toEqual([]);
    },
  );

  it("has an index beside every shard that follows from it and that the root hash leaves out", async () => {
    const manifest = await readManifest(context.folders.dataset);
    for (const { part, files, rows } of manifest?.parts ?? []) {
      const { name = "" } = files.index ?? {};
      expect(name).toBe(`${part}.index`);
      const shard = await openShard(path(files.shard?.name ?? ""));
      const indexed = shard.batches;
      await shard.close();
      await rm(path(name));
      const scanned = await openShard(path(files.shard?.name ?? ""));
      expect(scanned.batches).toEqual(indexed);
      expect(scanned.rows).toBe(rows);
      await scanned.close();
    }
  });

  it("keeps every picture beside its own captions", async () => {
    for (const row of await readAll("train")) {
      expect(sha256(row.image.bytes)).toBe(row.source_sha256);
      expect(row.image.path).toBe(`${row.key}.jpg`);
    }
  });

  it("says of every row where its picture came from and what it looks like", async () => {
    const rows = await readAll("train");
    expect(rows.filter(({ final_url }) => final_url.startsWith("http://cdn.example/"))).toHaveLength(9);
    for (const [index, { phash, dhash }] of rows.entries()) {
      const wanted = ["phash", "dhash"].map((name) => sha256(`${name} ${index}`).slice(0, 16));
      expect([phash, dhash]).toEqual(index % 6 === 0 ? [null, null] : wanted);
    }
  });

  it("names Hugging Face's features to the letter of its Arrow fields", async () => {
    const { schema } = tableFromIPC(await readFile(path("train-00000-of-00005.arrow")));
    const metadata = JSON.parse(schema.metadata.get("huggingface") ?? "") as {
      info: { features: Record<string, object> };
    };
    expect(Object.keys(metadata.info.features)).toEqual(schema.fields.map((field) => field.name));
    expect(metadata.info.features.image).toEqual({ _type: "Image" });
    expect(schema.fields.every((field) => field.nullable)).toBe(true);
  });

  it("has a card whose configuration is its own, so that loaders do not take another dataset's rows from their cache", async () => {
    const hash = (await readManifest(context.folders.dataset))?.summary.rootHash;
    const [, frontMatter] = (await readFile(path("README.md"), "utf8")).split("---\n");
    expect(frontMatter).toContain(
      `configs:\n  - config_name: default\n    description: root hash ${hash as string}\n`,
    );
  });

  it("carries the signs of a poor translation, and counts nothing that is not there on its card", async () => {
    const flags = new Set((await readAll("train")).map((row) => row.translation_flags));
    expect(flags).toEqual(new Set(["", "numbers,target_truncated"]));
    expect(await readFile(path("README.md"), "utf8")).toContain("`translation_flags`");
  });

  it("carries further columns of the list when they are asked for, and has no such column otherwise", async () => {
    expect((await readAll("train"))[0]).not.toHaveProperty("extra");
    const config = { ...context.config, source: { ...context.config.source, extraColumns: ["id"] } };
    await runStage(shards, { ...context, config, overwrite: true });
    const rows = await readAll("train");
    expect(rows.map((row) => row.extra)).toEqual(rows.map((_, index) => JSON.stringify({ id: index })));
    const info = JSON.parse(await readFile(path("dataset_info.json"), "utf8")) as { features: object };
    expect(info.features).toMatchObject({ extra: { dtype: "string", _type: "Value" } });
    expect(await readFile(path("README.md"), "utf8")).toContain("`extra`");
    expect(await problems()).toEqual([]);
  });

  it("is described to machines by its Croissant file: every shard's bytes, and a record set for each split", async () => {
    const croissant = JSON.parse(await readFile(path("croissant.json"), "utf8")) as {
      license: string;
      distribution: Record<string, string>[];
      recordSet: { "@id": string; field: { name: string; dataType: string }[] }[];
    };
    const manifest = await readManifest(context.folders.dataset);
    const files = croissant.distribution.filter((each) => each["@type"] === "cr:FileObject");
    expect(files.map(({ contentUrl, sha256: hash, contentSize }) => [contentUrl, hash, contentSize])).toEqual(
      manifest?.parts.map(({ files: { shard } }) => [shard?.name, shard?.sha256, `${shard?.bytes} B`]),
    );
    const sets = croissant.distribution.filter((each) => each["@type"] === "cr:FileSet");
    expect(sets.map(({ includes }) => includes)).toEqual(["train-*.arrow", "validation-*.arrow"]);
    expect(croissant.recordSet.map((each) => each["@id"])).toEqual(["train", "validation"]);
    const { schema } = tableFromIPC(await readFile(path("train-00000-of-00005.arrow")));
    const types = Object.fromEntries(
      (croissant.recordSet[0]?.field ?? []).map(({ name, dataType }) => [name, dataType]),
    );
    expect(Object.keys(types)).toEqual(schema.names);
    expect(types).toMatchObject({
      image: "sc:ImageObject",
      caption_es: "sc:Text",
      width: "cr:Int32",
      translation_score: "cr:Float32",
      source_truncated: "sc:Boolean",
    });
    expect(croissant.license).toBe("other");
    expect(croissant).not.toHaveProperty("citeAs");
  });

  it("says who made it, and how to cite it, where the config does", async () => {
    const about = {
      citation: "@misc{x}",
      homepage: "https://a.example/",
      creators: ["A"],
      published: "2026-01-31",
    };
    const config = { ...context.config, shards: { ...context.config.shards, license: "cc-by-4.0", about } };
    await runStage(shards, { ...context, config, overwrite: true });
    expect(JSON.parse(await readFile(path("croissant.json"), "utf8"))).toMatchObject({
      license: "https://choosealicense.com/licenses/cc-by-4.0/",
      citeAs: "@misc{x}",
      url: "https://a.example/",
      creator: [{ name: "A" }],
      datePublished: "2026-01-31",
    });
    expect(await readFile(path("README.md"), "utf8")).toContain("## Citation\n\n```\n@misc{x}");
  });

  it("has a root hash that coreutils can check", async () => {
    const listing = execFileSync("sh", ["-c", "LC_ALL=C sha256sum *.arrow | sha256sum"], {
      cwd: context.folders.dataset,
    });
    expect((await readManifest(context.folders.dataset))?.summary.rootHash).toBe(
      listing.toString().slice(0, 64),
    );
  });

  it("comes out the same when a shard is made again", async () => {
    const before = (await readManifest(context.folders.dataset))?.summary.rootHash;
    await rm(path(".records/train-00002-of-00005.json"));
    await rm(path("train-00002-of-00005.arrow"));
    await rm(path("manifest.json"));
    await runStage(shards, context);
    expect((await readManifest(context.folders.dataset))?.summary.rootHash).toBe(before);
    expect(await problems()).toEqual([]);
  });

  it("leaves no shard of another division behind", async () => {
    const wider = {
      ...context,
      config: { ...context.config, shards: { ...context.config.shards, rowsPerShard: 20 } },
      overwrite: true,
    };
    await runStage(arrange, wider);
    await runStage(shards, wider);
    const names = (await readdir(context.folders.dataset)).filter((name) => name.endsWith(".arrow"));
    expect(names.sort()).toEqual([
      "train-00000-of-00003.arrow",
      "train-00001-of-00003.arrow",
      "train-00002-of-00003.arrow",
      "validation-00000-of-00001.arrow",
    ]);
    expect(await readdir(path(".records"))).toHaveLength(4);
  });

  it("is refused when the splits in the config are not those of the selection", async () => {
    const select = { ...context.config.select, train: train + 1 };
    await rm(join(context.folders.arranged), { recursive: true });
    await expect(
      runStage(arrange, { ...context, config: { ...context.config, select } }),
    ).rejects.toMatchObject({ code: "DATA_CORRUPT" });
  });
});

describe("verifyDataset", () => {
  it("finds nothing wrong with a dataset that is right", async () => {
    expect(await problems()).toEqual([]);
  });

  it("names a flipped byte", async () => {
    const name = "train-00001-of-00005.arrow";
    const bytes = await readFile(path(name));
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    await writeFile(path(name), bytes);
    expect((await problems()).join("\n")).toContain(`checksum: ${name}`);
  });

  it("names a missing shard, and one that does not belong here", async () => {
    await rename(path("train-00003-of-00005.arrow"), path("train-00009-of-00005.arrow"));
    const found = (await problems()).join("\n");
    expect(found).toContain("files: train-00003-of-00005.arrow");
    expect(found).toContain("files: train-00009-of-00005.arrow: manifest.json does not know");
    expect(found).toContain(`count: train: ${train - 9} rows`);
  });

  it("names two shards that changed places", async () => {
    const [a, b, c] = [path("train-00001-of-00005.arrow"), path("train-00003-of-00005.arrow"), path("x")];
    await rename(a, c);
    await rename(b, a);
    await rename(c, b);
    const found = (await problems()).join("\n");
    expect(found).toContain("checksum: train-00001-of-00005.arrow");
    expect(found).toContain("checksum: train-00003-of-00005.arrow");
  });

  it("names a tail that is cut off", async () => {
    const name = "validation-00000-of-00001.arrow";
    const { length } = await readFile(path(name));
    await truncate(path(name), length - 200);
    expect((await problems()).join("\n")).toMatch(new RegExp(`files: ${name}: ${length - 200} bytes`));
  });

  it("names rows that occur twice, and pictures that leak from split to split", async () => {
    await copyFile(path("train-00001-of-00005.arrow"), path("train-00003-of-00005.arrow"));
    await copyFile(path("train-00000-of-00005.arrow"), path("validation-00000-of-00001.arrow"));
    const found = (await problems()).join("\n");
    expect(found).toMatch(/duplicate: train-00003-of-00005.arrow, row 0: the same key as in train-00001/);
    expect(found).toMatch(
      /leak: validation-00000-of-00001.arrow, row 0: the same source picture as in train-00000/,
    );
  });

  it("says that an unfinished dataset is unfinished", async () => {
    await rm(path("manifest.json"));
    expect((await problems()).join("\n")).toContain("not finished");
  });
});
