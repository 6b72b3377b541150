import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  failureOf,
  type FaultyProxy,
  hasRadosgw,
  hasRecords,
  type LeyendaRun,
  type LocalHub,
  makeSmallSample,
  rebuiltHash,
  rootHash,
  runLeyenda,
  type S3Server,
  serveHub,
  type SmallSample,
  startFaultyProxy,
  startLeyenda,
  startRadosgw,
} from "../src/index.js";

const installed = await hasRadosgw();
if (!installed) console.warn("radosgw is not installed: builds in a bucket are not tested");

describe.skipIf(!installed)("a data folder in a bucket", () => {
  let server: S3Server;
  let proxy: FaultyProxy;
  let sample: SmallSample;
  let hub: LocalHub;
  const dataDir = "s3://builds/data";
  const root = "s3://builds/data/small";

  beforeAll(async () => {
    server = await startRadosgw();
    proxy = await startFaultyProxy(server);
    sample = await makeSmallSample({ rows: 200, rowsPerPart: 50, train: 60, validation: 6 });
    for (const [name, value] of Object.entries(server.env(proxy.endpoint))) vi.stubEnv(name, value);
    vi.stubEnv("LEYENDA_SCRATCH", join(sample.folder, "scratch"));
    await server.makeBucket("builds");
    hub = await serveHub();
  }, 240_000);

  afterAll(async () => {
    await hub.close();
    await sample.close();
    await proxy.close();
    await server.close();
  });

  function leyenda(...args: string[]): Promise<LeyendaRun> {
    return runLeyenda(args, { DATA_DIR: dataDir });
  }

  it("is built through an outage of the store, and killed on the way, to the same root hash", async () => {
    const first = startLeyenda(["build", sample.config, "--workers", "2"], { DATA_DIR: dataDir });
    await hasRecords(root, "clean", 1);
    process.kill(-(first.child.pid ?? 0), "SIGKILL");
    await first.ended;
    const second = startLeyenda(["build", sample.config, "--workers", "2"], { DATA_DIR: dataDir });
    await hasRecords(root, "translated", 1);
    proxy.fault = { kind: "status", status: 503 };
    const healed = setTimeout(() => (proxy.fault = { kind: "none" }), 5_000);
    const run = await second.ended;
    clearTimeout(healed);
    expect(failureOf(run)).toBeNull();
    expect(proxy.faults).toBeGreaterThan(0);
    expect(await rootHash(root)).toBe(await rebuiltHash(sample, root));
  }, 240_000);

  it("is complete for the next run, which makes nothing", async () => {
    const { code, stdout } = await leyenda("build", sample.config, "--json");
    expect(code).toBe(0);
    expect(stdout).not.toContain('"type":"part"');
  }, 60_000);

  it("is verified, by config and by its address", async () => {
    expect(failureOf(await leyenda("verify", sample.config))).toBeNull();
    expect(failureOf(await leyenda("verify", `${root}/dataset`))).toBeNull();
  }, 120_000);

  it("is exported to a disk and within the bucket", async () => {
    const out = join(sample.folder, "parquet");
    await mkdir(out);
    expect(failureOf(await leyenda("export", sample.config, "--format", "parquet", "--out", out))).toBeNull();
    expect(failureOf(await leyenda("verify", out))).toBeNull();
    expect(failureOf(await leyenda("export", sample.config, "--format", "webdataset"))).toBeNull();
    expect(failureOf(await leyenda("verify", `${root}/exported/webdataset`))).toBeNull();
    const folder = await leyenda("export", sample.config, "--format", "imagefolder");
    expect(folder.code).toBe(1);
    expect(folder.stderr).toContain("cannot be committed in a bucket");
    await rm(out, { recursive: true });
  }, 120_000);

  it("is viewed", async () => {
    const { child, ended } = startLeyenda(["view", sample.config, "--port", "0"], { DATA_DIR: dataDir });
    const address = await new Promise<string>((resolve) => {
      child.stdout?.once("data", (line: Buffer) => {
        resolve(line.toString().trim());
      });
    });
    const page = await fetch(address);
    expect(page.status).toBe(200);
    const rows = await fetch(new URL("api/rows?split=train&at=0&count=5", address));
    child.kill("SIGINT");
    await ended;
    expect(rows.status).toBe(200);
  }, 60_000);

  it("is pushed to the hub", async () => {
    const pushed = await runLeyenda(["push", sample.config, "user/small"], {
      DATA_DIR: dataDir,
      HF_ENDPOINT: hub.url,
      HF_TOKEN: "hf_token",
    });
    expect(failureOf(pushed)).toBeNull();
    const again = await runLeyenda(["push", sample.config, "user/small"], {
      DATA_DIR: dataDir,
      HF_ENDPOINT: hub.url,
      HF_TOKEN: "hf_token",
    });
    expect(again.stdout).toContain("0 files uploaded");
  }, 60_000);

  it("refuses what only a disk can do, naming it", async () => {
    const { code, stderr } = await leyenda("takedown", sample.config, "--host", "127.0.0.1");
    expect(code).toBe(1);
    expect(stderr).toContain("in a bucket");
  });
});
