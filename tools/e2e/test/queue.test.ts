import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { noRedis, startRedis, type TestRedis } from "@leyenda/queue/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  checkDataFolder,
  failureOf,
  hasRecords,
  killGroup,
  makeSmallSample,
  rootHash,
  runLeyenda,
  type SmallSample,
  startLeyenda,
} from "../src/index.js";

if (noRedis !== undefined) console.warn(`skipped: ${noRedis}`);

let sample: SmallSample;
let redis: TestRedis;
beforeAll(async () => {
  if (noRedis !== undefined) return;
  redis = await startRedis();
  const patient = { totalMs: 4_000, headersMs: 3_000, stallMs: 2_000, retries: 1 };
  sample = await makeSmallSample({
    rows: 80,
    rowsPerPart: 10,
    train: 15,
    validation: 5,
    overrides: { fetch: patient },
  });
});
afterAll(async () => {
  if (noRedis !== undefined) return;
  await sample.close();
  await redis.close();
});

describe.skipIf(noRedis !== undefined)("a build by the workers of a queue", () => {
  it(
    "comes to the root hash of one process, though two of four workers are killed",
    { timeout: 300_000 },
    async () => {
      const env = { LEYENDA_REDIS: redis.url };
      const place = [sample.config, "--data-dir", join(sample.folder, "queued")];
      const enqueued = await runLeyenda(["enqueue", ...place, "--limit", "fetch=4", "--json"], env);
      expect(enqueued.code, enqueued.stderr).toBe(0);
      expect(JSON.parse(enqueued.stdout)).toMatchObject({ stage: "fetch", missing: 8, failed: 0 });

      const each = "fetch=1,clean=1,select=1,translate=1,arrange=1,shards=1,eval=1";
      const options = ["--until-done", "--lock", "4000", "--stalled", "1000", "--concurrency", each];
      const workers = Array.from({ length: 4 }, () => startLeyenda(["worker", ...options, "--json"], env));
      const root = join(sample.folder, "queued/small");
      await hasRecords(root, "fetched", 2);
      for (const { child } of workers.slice(0, 2)) killGroup(child);
      const status = await runLeyenda(["status", ...place, "--json"], env);
      expect(status.code, status.stderr).toBe(0);
      const { queue } = JSON.parse(status.stdout) as { queue: { stages: { running: number }[] } };
      expect(queue.stages[0]?.running).toBeTypeOf("number");
      const ends = await Promise.all(workers.slice(2).map(({ ended }) => ended));
      for (const { code, stderr } of ends) expect(code, stderr).toBe(0);

      expect(await checkDataFolder(root)).toEqual([]);
      const alone = [
        "rebuild",
        sample.config,
        "--data-dir",
        join(sample.folder, "alone"),
        "--from-fetched",
        root,
      ];
      const rebuilt = await runLeyenda(alone);
      expect(rebuilt.code, rebuilt.stderr).toBe(0);
      expect(await rootHash(join(sample.folder, "alone/small"))).toBe(await rootHash(root));
      const again = await runLeyenda(["enqueue", ...place], env);
      expect(again).toMatchObject({ code: 0, stdout: "complete: there is nothing to do\n" });
    },
  );

  it("can be looked at in a browser, under this machine's address alone", async () => {
    const { child, ended } = startLeyenda(["dashboard", "--port", "0"], { LEYENDA_REDIS: redis.url });
    let url = "";
    child.stdout?.on("data", (chunk: Buffer) => (url += chunk.toString()));
    while (!url.endsWith("\n")) await sleep(50);
    const page = await fetch(url.trim());
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Leyenda");
    const queues = await fetch(new URL("/api/queues", url.trim()));
    expect(await queues.text()).toContain("translate");
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  it("lets go of a worker that is told to end, though its server is gone", async () => {
    const own = await startRedis();
    const env = { LEYENDA_REDIS: own.url };
    const place = [sample.config, "--data-dir", join(sample.folder, "left")];
    expect(failureOf(await runLeyenda(["enqueue", ...place], env))).toBeNull();
    // Others are to fetch, so that the build goes on being in the queue.
    const worker = startLeyenda(["worker", "--stages", "shards", "--until-done"], env);
    let said = "";
    worker.child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    while (!said.includes("waiting for parts")) await sleep(50);
    await sleep(1_500);
    await own.kill();
    while (!said.includes("ECONNREFUSED")) await sleep(50);
    worker.child.kill("SIGTERM");
    expect(failureOf(await worker.ended)).toBeNull();
    await own.close();
  });

  it("is not enqueued where no server answers", async () => {
    const run = await runLeyenda(["enqueue", sample.config, "--redis", "redis://127.0.0.1:1"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("Redis cannot be reached");
  });
});
