// What the queue costs: time to enqueue 1,240 parts of four stages, the server's memory with them, and the time of a part beyond its work.
// node tools/bench/queue/measure.mjs [parts that are made] [milliseconds of work in each]
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import {
  datasetConfigSchema,
  datasetFolders,
  readManifest,
  runStage,
} from "../../../packages/core/dist/index.js";
import { enqueue, Queues, removeJobs } from "../../../packages/queue/dist/index.js";
import { startRedis } from "../../../packages/queue/dist/testing/start-redis.js";

const [made = 400, ms = 0] = process.argv.slice(2).map(Number);
const processes = 2;
const folder = await mkdtemp(join(tmpdir(), "leyenda-bench-"));
const redis = await startRedis();
const queues = new Queues(redis.url);
const config = (name, parts) =>
  datasetConfigSchema.parse({
    name,
    source: { path: "list.tsv", rowsPerPart: 1_000, maxRows: parts * 1_000 },
    select: { train: 1, validation: 1 },
    translate: { model: "model" },
  });
const memory = () => {
  const info = execFileSync("redis-cli", ["-u", redis.url, "info", "memory"], { encoding: "utf8" });
  return Number(/^used_memory:(\d+)/m.exec(info)[1]) / 1e6;
};
const seconds = (since) => (performance.now() - since) / 1_000;

// Two datasets, so that the parts of four stages are there at a time; a build adds those of translate when select is done.
process.env.LEYENDA_BENCH_MS = String(ms);
const stages = [];
for (const name of ["fetch", "clean"]) stages.push((await import(`./stages/${name}.mjs`)).stage);
const empty = memory();
let began = performance.now();
for (const name of ["one", "two"])
  await enqueue({ config: config(name, 1_240), dataDir: folder, queues, stages });
console.log(`enqueue 1,240 parts × 4 stages: ${seconds(began).toFixed(2)} s`);
console.log(`memory: ${memory().toFixed(1)} MB (empty ${empty.toFixed(1)} MB)`);
for (const name of ["one", "two"]) await removeJobs(queues, stages, name);

// The same parts by this machine's executor and by a worker, as many processes each.
const local = { config: config("local", made), folders: datasetFolders("local", folder), workers: processes };
began = performance.now();
for (const stage of stages) await runStage(stage, local);
const alone = seconds(began);
const worker = spawn(process.execPath, [new URL("worker.mjs", import.meta.url).pathname, redis.url, "1"], {
  stdio: "inherit",
});
await sleep(3_000);
began = performance.now();
await enqueue({
  config: config("queued", made),
  dataDir: folder,
  queues,
  stages,
  limits: { fetch: processes },
});
while ((await readManifest(datasetFolders("queued", folder).clean)) === null) await sleep(20);
const queued = seconds(began);
const each = (time) =>
  `${time.toFixed(2)} s, ${((time * 1_000 * processes) / (2 * made)).toFixed(1)} ms a part and process`;
console.log(`${made} parts × 2 stages of ${ms} ms in one process tree: ${each(alone)}`);
console.log(`the same by a worker: ${each(queued)}; ${((100 * (queued - alone)) / alone).toFixed(1)} % more`);

worker.kill("SIGKILL");
await queues.close();
await redis.close();
await rm(folder, { recursive: true, force: true });
