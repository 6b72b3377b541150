import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { storeOf } from "@leyenda/core";
import { noRedis, startRedis, type TestRedis } from "@leyenda/queue/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  failureOf,
  type FaultyProxy,
  hasRadosgw,
  hasRecords,
  killGroup,
  makeSmallSample,
  rebuiltHash,
  rootHash,
  runLeyenda,
  type S3Server,
  type SmallSample,
  startFaultyProxy,
  startLeyenda,
  startRadosgw,
} from "../src/index.js";

const installed = (await hasRadosgw()) && noRedis === undefined;
if (!installed) console.warn("radosgw or redis-server is not installed: builds over a bucket are not tested");

/** Signs of life that are missed are noticed within seconds, so that the tests do not wait for them. */
const impatient = ["--lock", "3000", "--stalled", "1000"];

/** Seconds for which the store fails, and for which it is slow. */
const outage = Number(process.env.LEYENDA_OUTAGE_SECONDS ?? 4);

describe.skipIf(!installed)("workers of a queue, with a bucket for the data", () => {
  let sample: SmallSample;
  let server: S3Server;
  let proxy: FaultyProxy;
  let redis: TestRedis;

  beforeAll(async () => {
    sample = await makeSmallSample({ rows: 240, rowsPerPart: 20, train: 70, validation: 8 });
    server = await startRadosgw();
    proxy = await startFaultyProxy(server);
    redis = await startRedis();
    for (const [name, value] of Object.entries(server.env(proxy.endpoint))) vi.stubEnv(name, value);
    vi.stubEnv("LEYENDA_REDIS", redis.url);
    vi.stubEnv("LEYENDA_SCRATCH", join(sample.folder, "scratch"));
    await server.makeBucket("distributed");
  }, 120_000);
  afterAll(async () => {
    await redis.close();
    await proxy.close();
    await server.close();
    await sample.close();
  });

  it("come to the root hash of one process, though two of four are killed and the store fails a while", async () => {
    const env = { DATA_DIR: "s3://distributed/faults" };
    const root = "s3://distributed/faults/small";
    expect(failureOf(await runLeyenda(["enqueue", sample.config], env))).toBeNull();
    const workers = Array.from({ length: 4 }, () =>
      startLeyenda(
        ["worker", "--until-done", "--concurrency", "fetch=1,clean=1,translate=1", ...impatient],
        env,
      ),
    );
    await hasRecords(root, "fetched", 2);
    for (const { child } of workers.slice(0, 2)) killGroup(child);
    await hasRecords(root, "clean", 4);
    proxy.fault = { kind: "status", status: 503 };
    await sleep(outage * 1_000);
    proxy.fault = { kind: "slow", ms: 50 };
    await sleep(outage * 500);
    proxy.fault = { kind: "none" };
    const ended = await Promise.all(workers.map((worker) => worker.ended));
    expect(ended.slice(2).map(failureOf)).toEqual([null, null]);
    expect(await rootHash(root)).toBe(await rebuiltHash(sample, root));
    expect(failureOf(await runLeyenda(["verify", sample.config], env))).toBeNull();
    const again = await runLeyenda(["enqueue", sample.config], env);
    expect(again.stdout).toContain("complete");
  }, 300_000);

  it("refuse a store that ignores conditions, and commit nothing to it", async () => {
    await server.makeBucket("careless");
    proxy.fault = { kind: "unconditional" };
    try {
      const { code, stderr } = await runLeyenda(["build", sample.config], { DATA_DIR: "s3://careless/data" });
      expect(code).toBe(1);
      expect(stderr).toContain("ignores conditions");
      expect(await storeOf("s3://careless/data").walk("s3://careless/data")).toEqual([]);
    } finally {
      proxy.fault = { kind: "none" };
    }
  }, 60_000);
});
