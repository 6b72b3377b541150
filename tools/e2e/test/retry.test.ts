import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type Manifest, readManifest, readRows } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  checkDataFolder,
  killGroup,
  type LeyendaRun,
  makeSmallSample,
  rootHash,
  runLeyenda,
  type SmallSample,
  startLeyenda,
} from "../src/index.js";

let sample: SmallSample;

beforeAll(async () => {
  sample = await makeSmallSample({
    rows: 160,
    rowsPerPart: 40,
    train: 45,
    validation: 5,
    overrides: {
      // Rows that recover on a later request fail in the first run.
      fetch: { retries: 0 },
      source: { columns: ["url", "caption", "licence"], extraColumns: ["licence"] },
    },
  });
  const list = join(sample.folder, "urls.tsv");
  const lines = (await readFile(list, "latin1")).trimEnd().split("\n");
  await writeFile(list, lines.map((line, n) => `${line}\tlicence ${n + 1}\n`).join(""), "latin1");
});
afterAll(() => sample.close());

function leyenda(dataDir: string, ...args: string[]): Promise<LeyendaRun> {
  return runLeyenda([...args, "--data-dir", join(sample.folder, dataDir), "--workers", "1"]);
}

async function manifestOf(dataDir: string, stage: string): Promise<Manifest> {
  const manifest = await readManifest(join(sample.folder, dataDir, "small", stage));
  if (manifest === null) throw new Error(`${stage} is not complete`);
  return manifest;
}

describe("a dataset whose failed downloads are tried again", () => {
  it("is refused as it is, made anew from the parts that changed, and then the same as one that never failed", async () => {
    const first = await leyenda("retried", "build", sample.config);
    expect(first.code, first.stderr).toBe(0);
    const before = await manifestOf("retried", "fetched");
    expect(before.outcomes.http_5xx).toBeGreaterThan(0);
    // Some rows recover at the second request only.
    for (const round of [1, 2]) {
      const retry = await leyenda("retried", "fetch", "retry", sample.config);
      expect(retry.code, `${round}: ${retry.stderr}`).toBe(0);
    }
    const after = await manifestOf("retried", "fetched");
    expect(after.outcomes.ok).toBeGreaterThan(before.outcomes.ok ?? 0);
    const refused = await leyenda("retried", "build", sample.config);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/made from other input[\s\S]*--overwrite/);
    const rebuilt = await leyenda("retried", "build", sample.config, "--overwrite");
    expect(rebuilt.code, rebuilt.stderr).toBe(0);
    expect(await checkDataFolder(join(sample.folder, "retried/small/dataset"))).toEqual([]);
    const verified = await leyenda("retried", "verify", sample.config);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    // The web has recovered: this build gets in one go what the other got in three.
    const fresh = await leyenda("fresh", "build", sample.config);
    expect(fresh.code, fresh.stderr).toBe(0);
    expect((await manifestOf("fresh", "fetched")).outcomes).toEqual(after.outcomes);
    expect(await rootHash(join(sample.folder, "retried/small"))).toBe(
      await rootHash(join(sample.folder, "fresh/small")),
    );
  });

  it("carries a further column of the list to its shards", async () => {
    const folder = join(sample.folder, "retried/small/dataset");
    const shards = (await readdir(folder)).filter((name) => name.endsWith(".arrow"));
    const rows = await Promise.all(
      shards.map((name) =>
        readRows<{ source_line: bigint | number; extra: string }>(join(folder, name), [
          "source_line",
          "extra",
        ]),
      ),
    );
    expect(rows.flat()).toHaveLength(50);
    for (const { source_line: line, extra } of rows.flat())
      expect(JSON.parse(extra)).toEqual({ licence: `licence ${line}` });
  });
});

describe("a retry that is killed", () => {
  const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
  let server: Server;
  let isDown = true;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { url = "" } = request;
      if (!url.startsWith("/row")) response.writeHead(404).end();
      else if (isDown) response.writeHead(503).end();
      else setTimeout(() => response.end(Buffer.concat([gif, Buffer.from(url)])), 20);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("leaves every part as it was or as it will be, and the same retry goes on to the end", async () => {
    const { port } = server.address() as AddressInfo;
    const list = join(sample.folder, "down.tsv");
    const lines = Array.from({ length: 400 }, (_, n) => `http://h${n % 8}.test:${port}/row/${n}\trow ${n}\n`);
    await writeFile(list, lines.join(""));
    const out = join(sample.folder, "down");
    const settings = [
      ...[
        "--workers",
        "2",
        "--source.rowsPerPart",
        "25",
        "--fetch.retries",
        "0",
        "--fetch.breaker.window",
        "0",
      ],
      ...["--fetch.allowPrivate", '["*.test"]', "--fetch.resolve", '{"*.test":"127.0.0.1"}'],
      ...["--fetch.requestsPerSecondPerHost", "1000"],
    ];
    const first = await runLeyenda(["fetch", list, "--out", out, ...settings]);
    expect(first.code, first.stderr).toBe(0);
    expect(await readManifest(join(out, "fetched"))).toMatchObject({ outcomes: { http_5xx: 400 } });
    isDown = false;
    const revised = async (): Promise<number> =>
      (await readdir(join(out, "fetched"))).filter((name) => name.endsWith(".r1.json")).length;
    const { child, ended } = startLeyenda(["fetch", "retry", out]);
    while ((await revised()) < 3 && child.exitCode === null) await sleep(5);
    killGroup(child);
    expect((await ended).code).toBe("SIGKILL");
    const done = await revised();
    expect(done).toBeLessThan(16);
    expect(await checkDataFolder(out)).toEqual([]);
    const again = await runLeyenda(["fetch", "retry", out]);
    expect(again.code, again.stderr).toBe(0);
    expect(await readManifest(join(out, "fetched"))).toMatchObject({ rows: 400, outcomes: { ok: 400 } });
    expect(await revised()).toBe(16);
    expect(await checkDataFolder(out)).toEqual([]);
    const names = await readdir(join(out, "fetched"));
    expect(names.filter((name) => name.endsWith(".incomplete"))).toEqual([]);
  });
});
