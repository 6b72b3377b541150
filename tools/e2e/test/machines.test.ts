import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { noRedis, startRedis, type TestRedis } from "@leyenda/queue/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  canStartMachines,
  failureOf,
  forward,
  hasRadosgw,
  hasRecords,
  type Machines,
  makeSmallSample,
  rebuiltHash,
  rootHash,
  runLeyenda,
  type S3Server,
  type SmallSample,
  startMachines,
  startRadosgw,
} from "../src/index.js";

const possible = noRedis === undefined && (await hasRadosgw()) && (await canStartMachines());
if (!possible) console.warn("builds over machines are not tested: they need radosgw, redis-server, and root");

describe.skipIf(!possible)("three machines in a network", () => {
  /** A minute as users would have it, by LEYENDA_PARTITION_SECONDS=60; less suffices to be missed. */
  const seconds = Number(process.env.LEYENDA_PARTITION_SECONDS ?? 8);
  let network: Machines;
  let server: S3Server;
  let redis: TestRedis;
  let sample: SmallSample;
  let stopForwarding: (() => Promise<void>)[];

  beforeAll(async () => {
    sample = await makeSmallSample({ rows: 240, rowsPerPart: 20, train: 70, validation: 8 });
    network = await startMachines(3);
    server = await startRadosgw();
    redis = await startRedis();
    const { host } = network;
    // What listens at this machine's loopback is to be reached from the others.
    stopForwarding = await Promise.all(
      [sample.web.port, server.port, redis.port].map((port) =>
        forward({ host, port }, { host: "127.0.0.1", port }),
      ),
    );
    // The list's addresses are of the loopback, where each machine finds the sample web as well.
    for (const machine of network.machines) machine.forward(sample.web.port);
    for (const [name, value] of Object.entries(server.env(`http://${host}:${server.port}`)))
      vi.stubEnv(name, value);
    vi.stubEnv("LEYENDA_REDIS", `redis://${host}:${redis.port}`);
    await server.makeBucket("machines");
  }, 120_000);
  afterAll(async () => {
    await network.close();
    await Promise.all(stopForwarding.map((stop) => stop()));
    await redis.close();
    await server.close();
    await sample.close();
  });

  it("complete a build, though one is cut off for a while", async () => {
    const env = { DATA_DIR: "s3://machines/data" };
    const root = "s3://machines/data/small";
    expect(failureOf(await runLeyenda(["enqueue", sample.config], env))).toBeNull();
    const workers = network.machines.map((machine, index) =>
      machine.leyenda(["worker", "--until-done", "--lock", "3000", "--stalled", "1000"], {
        ...env,
        LEYENDA_SCRATCH: join(sample.folder, `scratch-${index}`),
      }),
    );
    await hasRecords(root, "fetched", 2);
    await network.machines[0]?.partition();
    await sleep(1000 * seconds);
    await network.machines[0]?.heal();
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(failureOf)).toEqual([null, null, null]);
    expect(await rootHash(root)).toBe(await rebuiltHash(sample, root));
    expect(failureOf(await runLeyenda(["verify", sample.config], env))).toBeNull();
  }, 400_000);
});
