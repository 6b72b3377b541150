// Takes 100 URLs down from a synthetic dataset, and checks that their shards changed and no other file did:
//
//     node tools/bench/shards/takedown.mjs [rows]        default: 100000
//
// The data folder is what the stages before `arrange` leave, with pictures of 2 KB; 2,000 rows a shard. Exits 1 when anything
// is wrong.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runStage } from "../../../packages/core/dist/index.js";
import { stage as arrange } from "../../../packages/shards/dist/arrange-stage.js";
import { readRequest, takeDown, verifyDataset } from "../../../packages/shards/dist/index.js";
import { stage as shards } from "../../../packages/shards/dist/shards-stage.js";
import { drawPictures, madeUpContext, makeUp, urlOf } from "./made-up.mjs";

const rows = Number(process.argv[2] ?? 100_000);
const validation = Math.round(rows / 100);
const train = rows - validation;
const dataDir = mkdtempSync(join(tmpdir(), "leyenda-takedown-"));
try {
  const context = madeUpContext(dataDir, { train, validation, shards: { rowsPerShard: 2_000 } });
  const pictures = await drawPictures(64);
  const placeOf = (number) =>
    number < train ? { split: "train", position: number } : { split: "validation", position: number - train };
  await makeUp(context, { pictures: () => pictures, placeOf });
  await runStage(arrange, context);
  await runStage(shards, context);

  const before = files(context.folders.dataset);
  const wanted = Array.from({ length: 100 }, (_, index) => (index * 9_973) % rows);
  const started = performance.now();
  const entries = await readRequest({ url: wanted.map((number) => urlOf(number)) });
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
