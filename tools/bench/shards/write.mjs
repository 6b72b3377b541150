// Builds a dataset of synthetic rows with pictures of 2 KB through the stages `arrange` and `shards`, and measures it beside a plain
// write and fsync of the same bytes, and its writer beside pyarrow's and Hugging Face datasets' on the same rows:
//
//     node tools/bench/shards/write.mjs [--keep FOLDER] [rows ...]        default: 250000 2500000
//
// Of 2,500,000 rows exactly 2,475,000 are train and 25,000 validation. Needs 14 GB of disk, and $LEYENDA_LOAD_VENV (a Python with
// tools/oracle/requirements-load.txt) for the peers. Each measurement is a process of its own; of the workers, only their parent's CPU and
// memory are told where there are several. What is compared takes turns, since a disk is not always as fast, and the median of each is
// told. Exits 1 where a count is wrong, memory is over 700 MB, or the stage is slower than 0.7 of the plain write. FOLDER/<rows> keeps the
// dataset, for other benchmarks.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PartFile, readManifest, runStage } from "../../../packages/core/dist/index.js";
import { stage as arrange } from "../../../packages/shards/dist/arrange-stage.js";
import { openShard, writeShard } from "../../../packages/shards/dist/index.js";
import { stage as shards } from "../../../packages/shards/dist/shards-stage.js";
import { drawPictures, madeUpContext, makeUp } from "./made-up.mjs";

const here = fileURLToPath(import.meta.url);
/** Rows that the writers are given again and again, and how many they write in all. */
const [rowsInMemory, rowsOfWriters] = [2_000, 1_000_000];
const rowsPerBatch = 100;

const [verb, folder, count, workers] = process.argv.slice(2);
const verbs = { prepare, arranged, written, plain, writer };
if (verb?.startsWith("--") && verb !== "--keep") {
  const started = performance.now();
  const result = await verbs[verb.slice(2)](folder, Number(count), Number(workers));
  const seconds = result.seconds ?? round((performance.now() - started) / 1000);
  const { user, system } = process.cpuUsage();
  const { maxRSS } = process.resourceUsage();
  console.log(
    JSON.stringify({
      ...result,
      seconds,
      cpuSeconds: round((user + system) / 1e6),
      peakMiB: Math.round(maxRSS / 1024),
    }),
  );
} else main();

function main() {
  const keep = verb === "--keep" ? folder : null;
  const given = process.argv.slice(keep === null ? 2 : 4).map(Number);
  const root = keep ?? mkdtempSync(join(tmpdir(), "leyenda-write-"));
  let right = true;
  try {
    const costs = (given.length > 0 ? given : [250_000, 2_500_000]).map((rows) => {
      const at = join(root, String(rows));
      if (!existsSync(join(at, "prepared"))) measure("prepare", at, rows);
      const order = measure("arranged", at, rows);
      say({ what: "arrange", ...order, microsecondsPerRow: round((order.seconds / rows) * 1e6) });
      const alone = measure("written", at, rows, 1);
      // As users run it: a worker a core.
      const [made, plainly] = inTurns(3, [
        () => measure("written", at, rows, availableParallelism()),
        () => measure("plain", at, rows),
      ]);
      const cost = (made.seconds / rows) * 1e6;
      right &&=
        made.exact && alone.peakMiB < 700 && order.peakMiB < 700 && plainly.seconds / made.seconds >= 0.7;
      for (const [workers, each] of [
        [1, alone],
        [availableParallelism(), made],
      ])
        say({
          what: "shards",
          workers,
          ...each,
          MBps: Math.round(each.MB / each.seconds),
          microsecondsPerRow: round((each.seconds / rows) * 1e6),
          ofPlainWrite: round(plainly.seconds / each.seconds),
        });
      say({ what: "plain write and fsync", ...plainly, MBps: Math.round(made.MB / plainly.seconds) });
      if (rows === Math.min(...given, 250_000) || given.length === 1) beside(at);
      if (keep === null) rmSync(at, { recursive: true });
      return cost;
    });
    if (costs.length > 1)
      say({ what: "cost of a row, last size to first", ratio: round(costs.at(-1) / costs[0]) });
  } finally {
    if (keep === null) rmSync(root, { recursive: true });
  }
  process.exitCode = right ? 0 : 1;
}

/** The writer by itself beside its peers: rows in memory, one file, fsync. */
function beside(at) {
  const python = join(process.env.LEYENDA_LOAD_VENV ?? "tools/.venv-load", "bin/python");
  const script = fileURLToPath(new URL("peers.py", import.meta.url));
  const peer = (name) => () => {
    const sizes = [rowsInMemory, rowsOfWriters].map(String);
    const args = [script, name, firstShard(at), join(at, "peer.arrow"), ...sizes];
    return JSON.parse(execFileSync(python, args, { encoding: "utf8" }));
  };
  const measures = [() => measure("writer", at, rowsOfWriters)];
  if (existsSync(python)) measures.push(peer("pyarrow"), peer("datasets"));
  else say({ what: "peers", skipped: `there is no ${python}` });
  const [ours, ...peers] = inTurns(5, measures);
  say({ what: "writer alone", ...ours });
  for (const one of peers) say({ ...one, timesOurSeconds: round(one.seconds / ours.seconds) });
}

/** The run of each measure with its median of seconds, and the seconds of all. */
function inTurns(turns, measures) {
  const runs = measures.map(() => []);
  for (let turn = 0; turn < turns; turn += 1)
    for (const [index, run] of measures.entries()) runs[index].push(run());
  return runs.map((of) => {
    const sorted = of.toSorted((a, b) => a.seconds - b.seconds);
    return { ...sorted[Math.floor(turns / 2)], all: of.map(({ seconds }) => seconds) };
  });
}

function measure(what, ...args) {
  const lines = execFileSync(process.execPath, [here, `--${what}`, ...args.map(String)], {
    encoding: "utf8",
  });
  return JSON.parse(lines.trim().split("\n").at(-1));
}

function contextOf(at, rows) {
  const validation = Math.round(rows / 100);
  return madeUpContext(at, { train: rows - validation, validation });
}

async function prepare(at, rows) {
  const context = contextOf(at, rows);
  const { train, validation } = context.config.select;
  const step = 1_000_003;
  // Every hundredth row of the list is validation's; places are all over the splits, as ranks by hashes are.
  const placeOf = (number) =>
    number % 100 === 7
      ? { split: "validation", position: (Math.floor(number / 100) * step) % validation }
      : { split: "train", position: ((number - Math.floor((number + 92) / 100)) * step) % train };
  // No picture of a split looks like one of the other.
  const [ofTrain, ofValidation] = [await drawPictures(256), await drawPictures(64)];
  const pictures = (number) => (number % 100 === 7 ? ofValidation : ofTrain);
  await makeUp(context, { pictures, placeOf });
  await writeFile(join(at, "prepared"), "");
  return {};
}

async function arranged(at, rows) {
  const context = contextOf(at, rows);
  rmSync(context.folders.arranged, { recursive: true, force: true });
  await runStage(arrange, context);
  return { rows };
}

async function written(at, rows, workers) {
  const context = contextOf(at, rows);
  rmSync(context.folders.dataset, { recursive: true, force: true });
  const { manifest } = await runStage(shards, { ...context, workers });
  const { splits, rootHash } = manifest.summary;
  const { train, validation } = context.config.select;
  return {
    rows,
    exact: splits.train.rows === train && splits.validation.rows === validation,
    train: splits.train.rows,
    validation: splits.validation.rows,
    shards: splits.train.shards + splits.validation.shards,
    MB: Math.round((splits.train.bytes + splits.validation.bytes) / 1e6),
    rootHash: rootHash.slice(0, 12),
  };
}

/** As many bytes in as many files, each fsynced. */
async function plain(at, rows) {
  const { dataset } = contextOf(at, rows).folders;
  const sizes = (await readManifest(dataset)).parts.map(({ files }) => files.shard.bytes);
  const [chunk] = [await readFile(firstShard(at)).then((bytes) => bytes.subarray(0, 1 << 20))];
  const started = performance.now();
  for (const [index, size] of sizes.entries()) {
    const handle = await open(join(at, `plain-${index}`), "wx");
    for (let left = size; left > 0; left -= chunk.length)
      await handle.write(chunk, 0, Math.min(left, chunk.length));
    await handle.sync();
    await handle.close();
  }
  const seconds = round((performance.now() - started) / 1000);
  for (const index of sizes.keys()) rmSync(join(at, `plain-${index}`));
  return { seconds };
}

async function writer(at, rows) {
  const shard = await openShard(firstShard(at));
  const memory = await Promise.all(Array.from({ length: rowsInMemory }, (_, index) => shard.row(index)));
  await shard.close();
  const file = await PartFile.create(join(at, "writer.arrow"));
  const started = performance.now();
  await writeShard(file, batches());
  const { bytes } = await file.close();
  const seconds = (performance.now() - started) / 1000;
  rmSync(join(at, "writer.arrow"));
  return {
    rows,
    MB: Math.round(bytes / 1e6),
    seconds: round(seconds),
    MBps: Math.round(bytes / 1e6 / seconds),
  };

  async function* batches() {
    for (let at = 0; at < rows; at += rowsPerBatch) {
      const start = at % rowsInMemory;
      yield memory.slice(start, start + rowsPerBatch);
    }
  }
}

function firstShard(at) {
  const { dataset } = madeUpContext(at, { train: 1, validation: 1 }).folders;
  return execFileSync("ls", [dataset], { encoding: "utf8" })
    .split("\n")
    .filter((name) => /^train.*\.arrow$/.test(name))
    .map((name) => join(dataset, name))[0];
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function say(result) {
  console.log(JSON.stringify(result));
}
