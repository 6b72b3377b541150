// What a build of very many parts costs beside its work: the queue, its status, the records and the manifest.
//
//     node tools/bench/scale/simulate.mjs [parts ...]        default: 12400 50000
//
// 50,000 parts are five billion rows in parts of 100,000. Parts hold nothing (`../queue/stages`); their records are as long as real
// ones. Each step has a process of its own, so that its memory is its own. The selection at that number of parts is
// `../select/spilled.mjs --parts 50000 100000000`.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  datasetConfigSchema,
  datasetFolders,
  hashJson,
  readManifest,
  runStage,
  storeOf,
} from "../../../packages/core/dist/index.js";
import { enqueue, Queues, queueStatus } from "../../../packages/queue/dist/index.js";
import { startRedis } from "../../../packages/queue/dist/testing/start-redis.js";
import { stage as clean } from "../queue/stages/clean.mjs";
import { stage as fetch } from "../queue/stages/fetch.mjs";
import { plannedParts, sha256 } from "../queue/stages/timed.mjs";

const stages = [fetch, clean];
const [, , step, ...rest] = process.argv;
const steps = { enqueue: enqueueStep, again: enqueueStep, status: statusStep, manifest: manifestStep };
if (step in steps) await steps[step](...rest);
else {
  const sizes = process.argv.slice(2).map(Number);
  for (const parts of sizes.length > 0 ? sizes : [12_400, 50_000]) await simulate(parts);
}

async function simulate(parts) {
  console.log(`${parts.toLocaleString("en")} parts`);
  const folder = mkdtempSync(join(tmpdir(), "leyenda-scale-"));
  const redis = await startRedis();
  const own = (name) => {
    const script = fileURLToPath(import.meta.url);
    execFileSync(process.execPath, [script, name, folder, String(parts), redis.url], {
      stdio: "inherit",
    });
  };
  try {
    own("enqueue");
    const [keys, memory] = ["dbsize", "info memory"].map((command) => ask(redis.url, command));
    const used = Number(/^used_memory:(\d+)/m.exec(memory)[1]);
    console.log(
      `  the server then holds ${(used / 1e6).toFixed(0)} MB (${Math.round(used / parts)} bytes a part) in ${keys.trim()} keys`,
    );
    writeRecords(folder, parts);
    own("status");
    ask(redis.url, "flushall");
    own("again");
    own("manifest");
  } finally {
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(url, command) {
  return execFileSync("redis-cli", ["-u", url, ...command.split(" ")], { encoding: "utf8" });
}

function buildOf(folder, parts) {
  const config = datasetConfigSchema.parse({
    name: "scale",
    source: { path: "list.tsv", rowsPerPart: 100_000, maxRows: Number(parts) * 100_000 },
    select: { train: 1, validation: 1 },
    translate: { model: "model" },
  });
  return { config, dataDir: folder, folders: datasetFolders("scale", folder) };
}

/** Records of all parts of fetch, as they are once that stage is made. */
function writeRecords(folder, parts) {
  const { folders, config } = buildOf(folder, parts);
  mkdirSync(folders.fetched, { recursive: true });
  const outcomes = { ok: 62_300, http_4xx: 20_000, dns: 9_700, timeout: 5_000, not_an_image: 3_000 };
  const options = fetch.options({ config });
  const configHash = hashJson(options);
  const file = (role) => ({
    name: `part-00000.0123456789ab.${role}`,
    bytes: 1_000_000_000,
    sha256: sha256(role),
  });
  for (const { name, inputHash } of plannedParts(config)) {
    const record = {
      stage: "fetch",
      part: name,
      revision: 0,
      inputHash,
      options,
      configHash,
      rows: 100_000,
      outcomes,
      files: {
        "rows.arrow": file("rows.arrow"),
        "images.arrow": { ...file("images.arrow"), sha256Of: "digests" },
      },
      facts: { bytes: 1_000_000_000, hosts: 12_000 },
      seconds: 93,
      versions: {},
    };
    writeFileSync(join(folders.fetched, `${name}.json`), JSON.stringify(record, null, 2));
  }
}

async function enqueueStep(folder, parts, url) {
  const { config, dataDir } = buildOf(folder, parts);
  const queues = new Queues(url);
  const began = performance.now();
  const { missing, stage } = await enqueue({ config, dataDir, queues, stages });
  tell(`enqueue: ${missing} missing parts of ${stage}`, began);
  await queues.close();
}

async function statusStep(folder, parts, url) {
  const { config, dataDir, folders } = buildOf(folder, parts);
  const queues = new Queues(url);
  const began = performance.now();
  const names = await storeOf(folders.fetched).list(folders.fetched);
  const done = { fetch: names.filter((name) => name.endsWith(".json")).length };
  const { stages: states } = await queueStatus({ config, dataDir, queues, stages, done });
  tell(`status: ${states[0].done} of ${states[0].parts} done`, began);
  await queues.close();
}

async function manifestStep(folder, parts) {
  const { config, folders } = buildOf(folder, parts);
  const began = performance.now();
  await runStage(fetch, { config, folders });
  tell("reading all records, writing the manifest", began);
  const read = performance.now();
  await readManifest(folders.fetched);
  const { size } = statSync(join(folders.fetched, "manifest.json"));
  tell(
    `reading the manifest of ${(size / 1e6).toFixed(0)} MB (${Math.round(size / parts)} bytes a part)`,
    read,
  );
}

function tell(what, began) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`  ${what}: ${seconds} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}
