import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { readManifest, runStage, sha256, type StageContext } from "@leyenda/core";
import { tableFromIPC } from "apache-arrow";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../../test/fake-pipeline.js";
import { stage as arrange } from "../arrange-stage.js";
import { stage as shards } from "../shards-stage.js";
import type { ShardRow } from "../write/shard-schema.js";
import { exportFormats } from "./export-format.js";
import { type ExportOptions, exportStage } from "./export-stage.js";
import { rowMetadata } from "./formats/row-metadata.js";

const [train, validation] = [23, 5];

let dataDir: string;
let context: StageContext;
let rows: ShardRow[];
let count = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-export-"));
  context = await makeFakePipeline(dataDir, train, validation);
  await runStage(arrange, context);
  await runStage(shards, context);
  const names = (await readdir(context.folders.dataset))
    .filter((name) => /^train.*\.arrow$/.test(name))
    .sort();
  const tables = await Promise.all(
    names.map(async (name) => tableFromIPC(await readFile(join(context.folders.dataset, name)))),
  );
  rows = tables.flatMap((table) => table.toArray() as ShardRow[]);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function run(options: ExportOptions, exported = join(dataDir, `out-${(count += 1)}`)): Promise<string> {
  const folders = { ...context.folders, exported };
  expect(await runStage(exportStage(options), { ...context, folders })).toMatchObject({ complete: true });
  return exported;
}

/** Every file of a folder by its SHA-256, but for what says when it was made. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".records"))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const hashes = await Promise.all(
    files.sort().map(async (name) => [name, sha256(await readFile(join(folder, name)))]),
  );
  return Object.fromEntries(hashes) as Record<string, string>;
}

/** A row without its picture; Arrow's rows are proxies. */
function plain(row: ShardRow): object {
  return rowMetadata({ ...row });
}

/** As JSON brings it back: there is no -0. */
function asJson(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("an export", () => {
  it("to Parquet has the rows, the pictures, and the features that datasets looks for", async () => {
    const folder = await run({ format: "parquet", rowsPerShard: 12 });
    const names = (await readdir(folder)).filter((name) => name.startsWith("train"));
    expect(names.sort()).toEqual(["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"]);
    const read: ShardRow[] = [];
    for (const name of names) {
      const file = await asyncBufferFromFile(join(folder, name));
      const metadata = await parquetMetadataAsync(file);
      expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual(
        read.length === 0 ? [4, 4, 3] : [4, 4, 4],
      );
      const features = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value ?? "";
      expect(JSON.parse(features)).toMatchObject({ info: { features: { image: { _type: "Image" } } } });
      read.push(...((await parquetReadObjects({ file, utf8: false })) as ShardRow[]));
    }
    expect(read.map(plain)).toEqual(rows.map(plain));
    expect(read.map(({ image }) => sha256(image.bytes))).toEqual(
      rows.map(({ image }) => sha256(image.bytes)),
    );
    expect(read.map(({ image }) => image.path)).toEqual(rows.map(({ image }) => image.path));
  });

  it("to WebDataset has three members a row, under keys without dots, with the same attributes in every tar", async () => {
    const folder = await run({ format: "webdataset" });
    const members: { name: string; content: Buffer; mtime: number; uid: number }[] = [];
    for (const name of (await readdir(folder)).filter((each) => /^train.*tar$/.test(each)).sort()) {
      const tar = extract();
      tar.on("entry", (header, stream, next) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: unknown) => chunks.push(chunk as Buffer));
        stream.on("end", () => {
          const { uid, mtime } = header;
          members.push({ name: header.name, content: Buffer.concat(chunks), mtime: Number(mtime), uid });
          next();
        });
      });
      await pipeline(createReadStream(join(folder, name)), tar);
    }
    expect(members.map(({ name }) => name)).toEqual(
      rows.flatMap(({ key }) => [`${key}.jpg`, `${key}.txt`, `${key}.json`]),
    );
    rows.forEach((row, index) => {
      const [picture, caption, metadata] = members.slice(3 * index);
      expect(sha256(picture?.content ?? "")).toBe(sha256(row.image.bytes));
      expect(caption?.content.toString()).toBe(row.caption_es);
      expect(JSON.parse(metadata?.content.toString() ?? "")).toEqual(asJson(plain(row)));
    });
    expect(members.every(({ mtime, uid }) => mtime === 0 && uid === 0)).toBe(true);
  });

  it("to an image folder has a file for every picture and a line that names it, with its hash", async () => {
    const folder = await run({ format: "imagefolder", split: "train" });
    const seen: object[] = [];
    for (const place of (await readdir(join(folder, "train"))).sort()) {
      const lines = (await readFile(join(folder, "train", place, "metadata.jsonl"), "utf8"))
        .trimEnd()
        .split("\n");
      for (const line of lines) {
        const { file_name, image_sha256, ...rest } = JSON.parse(line) as {
          file_name: string;
          image_sha256: string;
        };
        expect(sha256(await readFile(join(folder, "train", place, file_name)))).toBe(image_sha256);
        seen.push(rest);
      }
    }
    expect(seen).toEqual(rows.map((row) => asJson(plain(row))));
    expect(await readdir(folder)).not.toContain("validation");
  });

  it("to the layout of load_from_disk has the very bytes of the dataset's shards, and names them", async () => {
    const folder = await run({ format: "hf-disk" });
    const manifest = await readManifest(context.folders.dataset);
    const hashes = await contents(folder);
    for (const { part, files } of manifest?.parts ?? []) {
      const [split = "", ...place] = part.split("-");
      expect(hashes[`${split}/data-${place.join("-")}.arrow`]).toBe(files.shard?.sha256);
    }
    expect(JSON.parse(await readFile(join(folder, "dataset_dict.json"), "utf8"))).toEqual({
      splits: ["train", "validation"],
    });
    const state = JSON.parse(await readFile(join(folder, "train/state.json"), "utf8")) as {
      _data_files: object[];
    };
    expect(state._data_files).toEqual(
      [0, 1, 2].map((shard) => ({ filename: `data-0000${shard}-of-00003.arrow` })),
    );
  });

  it.each(exportFormats)(
    "to %s comes out the same again, and its manifest names each of its shards",
    async (format) => {
      const options: ExportOptions = { format, bytesPerShard: 9_000 };
      const first = await run(options);
      const hashes = await contents(first);
      expect(await contents(await run(options))).toEqual(hashes);
      const manifest = await readManifest(first);
      expect(manifest?.rows).toBe(train + validation);
      expect(manifest?.parts.length).toBeGreaterThan(2);
      for (const { files } of manifest?.parts ?? [])
        for (const { name, sha256: hash } of Object.values(files)) expect(hashes[name]).toBe(hash);
      expect(manifest?.summary).toMatchObject({
        format,
        splits: { train: { rows: train }, validation: { rows: validation } },
      });
    },
  );

  it.each([
    ["parquet", "train-*.parquet", "train-*.parquet"],
    ["webdataset", "train-*.tar", "train-*.tar"],
    ["imagefolder", "train/**", "train/*/metadata.jsonl"],
    ["hf-disk", "train/data-*.arrow", "train/data-*.arrow"],
  ] as const)(
    "to %s has a card that loaders find the files by, and a Croissant description",
    async (format, glob, files) => {
      const folder = await run({ format, split: "train" });
      const card = await readFile(join(folder, "README.md"), "utf8");
      expect(card).toContain(`      - split: train\n        path: ${glob}\n---`);
      const { summary } = (await readManifest(context.folders.dataset)) ?? {};
      expect(card).toContain(`root hash \`${summary?.rootHash as string}\``);
      const croissant = JSON.parse(await readFile(join(folder, "croissant.json"), "utf8")) as {
        distribution: Record<string, string>[];
        recordSet?: { field: { name: string }[] }[];
      };
      expect(croissant.distribution.at(-1)).toMatchObject({ includes: files });
      for (const { contentUrl = "", sha256: hash } of croissant.distribution.slice(0, -1))
        expect(sha256(await readFile(join(folder, contentUrl)))).toBe(hash);
      const names = croissant.recordSet?.[0]?.field.map(({ name }) => name);
      if (format === "webdataset") expect(names).toBeUndefined();
      else expect(names?.includes("image")).toBe(format !== "imagefolder");
    },
  );

  it("is refused over one with other options, and replaces it with --overwrite, leaving nothing of it", async () => {
    for (const format of exportFormats) {
      const folder = await run({ format, rowsPerShard: 5 });
      await expect(run({ format, rowsPerShard: 12 }, folder)).rejects.toMatchObject({
        code: "DATA_MISMATCH",
      });
      const folders = { ...context.folders, exported: folder };
      await runStage(exportStage({ format, rowsPerShard: 12 }), { ...context, folders, overwrite: true });
      expect(await contents(folder)).toEqual(await contents(await run({ format, rowsPerShard: 12 })));
    }
  });

  it("says so when there is no dataset, or a shard is not what its manifest says", async () => {
    const folders = {
      ...context.folders,
      dataset: join(dataDir, "none"),
      exported: join(dataDir, "none-out"),
    };
    await expect(runStage(exportStage({ format: "parquet" }), { ...context, folders })).rejects.toMatchObject(
      {
        code: "DATA_MISSING",
      },
    );
    const shard = join(context.folders.dataset, "train-00001-of-00003.arrow");
    const whole = await readFile(shard);
    await writeFile(shard, whole.subarray(0, whole.length - 700));
    await expect(run({ format: "webdataset" })).rejects.toMatchObject({ code: "DATA_CORRUPT" });
    await writeFile(shard, whole);
  });

  it.each(exportFormats)(
    "to %s that is killed leaves nothing half-written, and is completed by the next run",
    async (format) => {
      const options: ExportOptions = { format, rowsPerShard: 2 };
      const wanted = await contents(await run(options));
      const moments = [0.2, 0.5, 0.8].map((share) => share + Math.random() * 0.2);
      await Promise.all(
        moments.map(async (moment) => {
          const exported = join(dataDir, `killed-${(count += 1)}`);
          const folders = { ...context.folders, exported };
          const killed = await runAndKill({ ...context, folders }, options, moment);
          for (const [name, hash] of Object.entries(await contents(exported)))
            if (!name.includes(".incomplete"))
              expect([name, hash, killed]).toEqual([name, wanted[name], killed]);
          expect(await contents(await run(options, exported))).toEqual(wanted);
        }),
      );
    },
  );
});

const script = `
  import { runStage } from "@leyenda/core";
  import { exportStage } from "./dist/export/export-stage.js";
  const { of, options } = JSON.parse(process.argv[1]);
  const onEvent = ({ type }) => type === "part" && console.log("part");
  await runStage(exportStage(options), { ...of, onEvent });
`;

/** Runs an export in a process of its own and kills it after a share of its parts. @returns when, for the message of a failure */
async function runAndKill(of: StageContext, options: ExportOptions, share: number): Promise<string> {
  const parts = Math.ceil(train / 2) + Math.ceil(validation / 2);
  const [after, delay] = [Math.ceil(share * parts), Math.random() * 10];
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", script, JSON.stringify({ of, options })],
    {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    seen += chunk.toString().split("\n").length - 1;
    if (seen >= after)
      setTimeout(() => {
        child.kill("SIGKILL");
      }, delay);
  });
  await once(child, "exit");
  expect(seen).toBeGreaterThan(0);
  return `killed ${delay} ms after ${seen} of ${parts} parts`;
}
