// Takes 100 URLs down from a synthetic dataset, and checks that their shards changed and no other file did:
//
//     node tools/bench/shards/takedown.mjs [rows]        default: 100000
//
// The data folder is what the stages before `arrange` leave, with 32 x 32 pictures; 2,000 rows a shard. Exits 1 when anything
// is wrong.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  contentNaming,
  datasetConfigSchema,
  datasetFolders,
  ImagesWriter,
  runStage,
  sha256,
  translatedRowSchema,
  writeRows,
} from "../../../packages/core/dist/index.js";
import { stage as arrange } from "../../../packages/shards/dist/arrange-stage.js";
import { readRequest, takeDown, verifyDataset } from "../../../packages/shards/dist/index.js";
import { stage as shards } from "../../../packages/shards/dist/shards-stage.js";

// The one that the package brings along: benchmarks have no dependencies of their own.
const sharp = createRequire(new URL("../../../packages/shards/package.json", import.meta.url))("sharp");

const rows = Number(process.argv[2] ?? 100_000);
const validation = Math.round(rows / 100);
const train = rows - validation;
const rowsPerPart = 10_000;
const dataDir = mkdtempSync(join(tmpdir(), "leyenda-takedown-"));
try {
  const config = datasetConfigSchema.parse({
    name: "bench",
    source: { path: "list.tsv", rowsPerPart },
    select: { train, validation },
    translate: { model: "model" },
    shards: { rowsPerShard: 2_000 },
  });
  const context = { config, folders: datasetFolders("bench", dataDir) };
  const picture = await sharp({ create: { width: 32, height: 32, channels: 3, background: "#447799" } })
    .jpeg()
    .toBuffer();
  for (const [name, folder] of [
    ["fetch", "fetched"],
    ["clean", "clean"],
    ["select", "selected"],
    ["translate", "translated"],
  ])
    await runStage(madeUp(name, folder, picture), context);
  await runStage(arrange, context);
  await runStage(shards, context);

  const before = files(context.folders.dataset);
  const wanted = Array.from({ length: 100 }, (_, index) => (index * 9_973) % rows);
  const started = performance.now();
  const entries = await readRequest({ url: wanted.map((number) => url(number)) });
  const result = await takeDown({ ...context, entries });
  const seconds = (performance.now() - started) / 1000;
  const after = files(context.folders.dataset);
  const changed = [...after]
    .filter(([name, file]) => before.get(name) !== file)
    .map(([name]) => name.split(".")[0]);
  const expected = new Set(wanted.map((number) => shardOf(number, before)));
  const report = await verifyDataset(context.folders.dataset, {
    expected: { train, validation },
    nearBits: 0,
  });
  const right =
    result.rows === 100 &&
    new Set(changed).size === expected.size &&
    changed.every((name) => expected.has(name)) &&
    report.ok;
  console.log(
    JSON.stringify({
      rows,
      shards: new Set([...before.keys()].map((name) => name.split(".")[0])).size,
      takenDown: result.rows,
      touched: result.shards.length,
      seconds: Math.round(seconds * 10) / 10,
      verify: report.ok,
      problems: report.problems.slice(0, 3),
      right,
    }),
  );
  process.exitCode = right ? 0 : 1;
} finally {
  rmSync(dataDir, { recursive: true });
}

function url(number) {
  return `http://h${number % 1_000}.example/${number}.jpg`;
}

/** Row numbers are positions in train and then validation. */
function shardOf(number, before) {
  const [split, position, count] =
    number < train ? ["train", number, train] : ["validation", number - train, validation];
  const names = [...new Set([...before.keys()].map((name) => name.split(".")[0]))]
    .filter((name) => name.startsWith(split))
    .sort();
  return names.find((_, index) => position < Math.floor(((index + 1) * count) / names.length));
}

/** Bytes, file and time of change of every shard and its index. */
function files(folder) {
  const names = readdirSync(folder).filter((name) => /^(train|validation)-/.test(name));
  return new Map(
    names.map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, name));
      return [
        name,
        `${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")} ${ino} ${mtimeMs}`,
      ];
    }),
  );
}

function madeUp(name, folder, picture) {
  const parts = [];
  for (let start = 0; start < rows; start += rowsPerPart)
    parts.push({
      name: `part-${String(parts.length).padStart(5, "0")}`,
      rows: Math.min(rowsPerPart, rows - start),
      inputHash: sha256(`part ${start}`),
      input: start,
    });
  return {
    name,
    folder,
    module: import.meta.url,
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({}),
    plan: () => Promise.resolve({ parts }),
    async *run(part, { create }) {
      yield { rows: 0, bytes: 0, outcomes: {} };
      const made = [];
      // Every stage knows the places; only clean keeps the pictures.
      const images = new ImagesWriter(
        name === "clean" ? await create("images.arrow") : { write: async () => undefined },
      );
      for (let number = part.input; number < part.input + part.rows; number += 1) {
        const bytes = Buffer.concat([picture, Buffer.from(String(number).padStart(8, "0"))]);
        const each = row(number, part.name, bytes);
        made.push(each);
        await images.add(bytes, ({ offset, length }) => {
          Object.assign(each, { image_offset: BigInt(offset), image_length: length });
        });
      }
      await images.finish();
      await writeRows(await create("rows.arrow"), translatedRowSchema, made);
      return { rows: part.rows, outcomes: { ok: part.rows } };
    },
  };
}

function row(number, part, bytes) {
  const split = number < train ? "train" : "validation";
  return {
    split,
    position: number < train ? number : number - train,
    line: number + 1,
    key: sha256(`row ${number}`).slice(0, 32),
    url: url(number),
    final_url: url(number),
    caption_en: `picture number ${number}`,
    caption_es: `imagen número ${number}`,
    score: -1,
    source_tokens: 4,
    target_tokens: 4,
    source_truncated: false,
    target_truncated: false,
    unknown_pieces: 0,
    flags: "",
    source_sha256: sha256(bytes),
    source_format: "jpeg",
    source_width: 32,
    source_height: 32,
    phash: null,
    dhash: null,
    width: 32,
    height: 32,
    image_part: part,
    image_offset: 0n,
    image_length: bytes.length,
    extra: null,
  };
}
