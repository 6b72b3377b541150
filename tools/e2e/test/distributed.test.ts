import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { storeOf } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  canStartMachines,
  type FaultyProxy,
  findRedis,
  forward,
  hasRadosgw,
  killGroup,
  type Machines,
  makeSmallSample,
  type RedisServer,
  rootHash,
  runLeyenda,
  type S3Server,
  type SmallSample,
  startFaultyProxy,
  startLeyenda,
  startMachines,
  startRadosgw,
  startRedis,
} from "../src/index.js";

const installed = (await hasRadosgw()) && (await findRedis()) !== null;
if (!installed) console.warn("radosgw or redis-server is not installed: builds over machines are not tested");
const namespaces = installed && (await canStartMachines());
if (!namespaces) console.warn("network namespaces cannot be made here: their tests are skipped");

/** Signs of life that are missed are noticed within seconds, so that the tests do not wait for them. */
const impatient = ["--lock", "3000", "--stalled", "1000"];

let sample: SmallSample;
/** Root hash of what one process makes. */
let expected: string;

beforeAll(async () => {
  if (!installed) return;
  sample = await makeSmallSample({ rows: 240, rowsPerPart: 20, train: 70, validation: 8 });
  const local = await runLeyenda([
    "build",
    sample.config,
    "--data-dir",
    join(sample.folder, "one"),
    "--workers",
    "1",
  ]);
  expect(local.stderr).not.toContain("bug");
  expected = await rootHash(join(sample.folder, "one", "small"));
}, 120_000);
afterAll(async () => {
  if (installed) await sample.close();
});

describe.skipIf(!installed)("workers of a queue, with a bucket for the data", () => {
  let server: S3Server;
  let proxy: FaultyProxy;
  let redis: RedisServer;

  beforeAll(async () => {
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
  });

  it("come to the root hash of one process, though two of four are killed and the store fails a while", async () => {
    const env = { DATA_DIR: "s3://distributed/faults" };
    const root = "s3://distributed/faults/small";
    expect(failure(await runLeyenda(["enqueue", sample.config], env))).toBeNull();
    const workers = Array.from({ length: 4 }, () =>
      startLeyenda(["worker", "--until-done", ...impatient], env),
    );
    await hasRecords(root, "fetched", 2);
    for (const { child } of workers.slice(0, 2)) killGroup(child);
    await hasRecords(root, "clean", 4);
    proxy.fault = { kind: "status", status: 503 };
    await sleep(4_000);
    proxy.fault = { kind: "slow", ms: 50 };
    await sleep(2_000);
    proxy.fault = { kind: "none" };
    const ended = await Promise.all(workers.map((worker) => worker.ended));
    expect(ended.slice(2).map(failure)).toEqual([null, null]);
    expect(await rootHash(root)).toBe(expected);
    expect(failure(await runLeyenda(["verify", sample.config], env))).toBeNull();
    const again = await runLeyenda(["enqueue", sample.config], env);
    expect(again.stdout).toContain("complete");
  }, 300_000);

  it("refuse a store that ignores conditions, and commit nothing to it", async () => {
    await server.makeBucket("careless");
    proxy.fault = { kind: "unconditional" };
    try {
      const env = { DATA_DIR: "s3://careless/data" };
      const { code, stderr } = await runLeyenda(["build", sample.config], env);
      expect(code).toBe(1);
      expect(stderr).toContain("ignores conditions");
      expect(await storeOf("s3://careless/data").walk("s3://careless/data")).toEqual([]);
    } finally {
      proxy.fault = { kind: "none" };
    }
  }, 60_000);
});

describe.skipIf(!namespaces)("three machines in a network", () => {
  /** A minute as users would have it, by LEYENDA_PARTITION_SECONDS=60; less suffices to be missed. */
  const seconds = Number(process.env.LEYENDA_PARTITION_SECONDS ?? 8);
  let network: Machines;
  let server: S3Server;
  let redis: RedisServer;
  let stopForwarding: () => Promise<void>;

  beforeAll(async () => {
    network = await startMachines(3);
    const { host } = network;
    server = await startRadosgw({ host });
    redis = await startRedis({ host });
    // The list's addresses are of the loopback, where each machine finds the sample web as well.
    stopForwarding = await forward(
      { host, port: sample.web.port },
      { host: "127.0.0.1", port: sample.web.port },
    );
    for (const machine of network.machines) machine.forward(sample.web.port);
    for (const [name, value] of Object.entries(server.env())) vi.stubEnv(name, value);
    vi.stubEnv("LEYENDA_REDIS", redis.url);
    await server.makeBucket("machines");
  }, 120_000);
  afterAll(async () => {
    await stopForwarding();
    await network.close();
    await redis.close();
    await server.close();
  });

  it("complete a build, though one is cut off for a while", async () => {
    const env = { DATA_DIR: "s3://machines/data" };
    const root = "s3://machines/data/small";
    expect(failure(await runLeyenda(["enqueue", sample.config], env))).toBeNull();
    const workers = network.machines.map((machine, index) =>
      machine.leyenda(["worker", "--until-done", ...impatient], {
        ...env,
        LEYENDA_SCRATCH: join(sample.folder, `scratch-${index}`),
      }),
    );
    await hasRecords(root, "fetched", 2);
    await network.machines[0]?.partition();
    await sleep(1000 * seconds);
    await network.machines[0]?.heal();
    await Promise.all(workers.map(ended));
    expect(await rootHash(root)).toBe(expected);
    expect(failure(await runLeyenda(["verify", sample.config], env))).toBeNull();
  }, 400_000);
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** What a run said, where it failed. */
function failure({ code, stderr }: { code: number | string; stderr: string }): string | null {
  return code === 0 ? null : stderr;
}

/** Waits until a stage has some records. */
async function hasRecords(root: string, stage: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const names = await storeOf(root).list(join(root, stage));
      expect(names.filter((name) => /^part-\d+\.json$/.test(name)).length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 200_000, interval: 200 },
  );
}
