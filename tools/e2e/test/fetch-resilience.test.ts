import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readManifest } from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type LeyendaRun, runLeyenda } from "../src/index.js";

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

let folder: string;
let server: Server;
/** Requests so far, and the one from which on the network is gone. */
let requests: number;
let goneFrom: number;
let body: Buffer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-resilience-"));
  requests = 0;
  goneFrom = Number.POSITIVE_INFINITY;
  body = gif;
  server = createServer((request, response) => {
    requests += 1;
    if (requests >= goneFrom) request.socket.destroy();
    else response.end(Buffer.concat([body, Buffer.from(request.url ?? "")]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function writeList(rows: number): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const list = join(folder, "urls.tsv");
  const lines = Array.from(
    { length: rows },
    (_, n) => `http://h${n % 100}.example.test:${port}/${n}\trow ${n}\n`,
  );
  await writeFile(list, lines.join(""));
  return list;
}

function fetch(list: string, out: string, ...more: string[]): Promise<LeyendaRun> {
  const loopback = ["--fetch.allowPrivate", '["*.test"]', "--fetch.resolve", '{"*.test":"127.0.0.1"}'];
  // The server counts pictures.
  const only = ["--fetch.retries", "0", "--fetch.robots", "ignore", "--fetch.tdmrep", "ignore"];
  return runLeyenda(["fetch", list, "--out", out, ...only, ...loopback, ...more]);
}

describe("a run whose network goes away", () => {
  it.each([1, 2])(
    "stops with %d worker(s), keeps no part of the bad time, and goes on when it is back",
    async (workers) => {
      const list = await writeList(4_000);
      const out = join(folder, "out");
      const settings = [
        "--workers",
        String(workers),
        "--source.rowsPerPart",
        "500",
        "--fetch.breaker.window",
        "200",
      ];
      goneFrom = 1_600;
      const stopped = await fetch(list, out, ...settings);
      expect(stopped.code).toBe(1);
      expect(stopped.stderr).toMatch(
        /9\d % of the last 200 rows failed, on \d+ of \d+ hosts \(reset \d+.*\)\n {2}reset: http:\/\/h\d+\.example\.test.*\n[\s\S]*run the same command again/,
      );
      const kept = (await readdir(join(out, "fetched"))).filter((name) => /^part-\d+\.json$/.test(name));
      expect(kept.length).toBeLessThan(5);
      goneFrom = Number.POSITIVE_INFINITY;
      requests = 0;
      const resumed = await fetch(list, out, ...settings);
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(requests).toBe(4_000 - kept.length * 500);
      const manifest = await readManifest(join(out, "fetched"));
      expect(manifest?.rows).toBe(4_000);
      // A part may have ended in the moments before the window was full of failures.
      expect(manifest?.outcomes.ok).toBeGreaterThan(3_700);
      expect((manifest?.outcomes.ok ?? 0) + (manifest?.outcomes.reset ?? 0)).toBe(4_000);
    },
  );
});

/** A file system of a few megabytes, where this user may make one. */
function smallDisk(path: string, size: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a run whose disk is full", () => {
  it("says so, leaves whole parts only, and goes on once there is room", async (context) => {
    const disk = await mkdtemp(join(tmpdir(), "leyenda-disk-"));
    try {
      if (!smallDisk(disk, "3m")) {
        context.skip("mounting a small file system takes root");
        return;
      }
      body = Buffer.concat([gif, Buffer.alloc(100_000)]);
      const list = await writeList(80);
      const out = join(disk, "out");
      const settings = ["--workers", "2", "--source.rowsPerPart", "10"];
      const stopped = await fetch(list, out, ...settings);
      expect(stopped.code).toBe(1);
      expect(stopped.stderr).toMatch(/the disk is full[\s\S]*free some space/);
      execFileSync("mount", ["-o", "remount,size=30m", disk]);
      const resumed = await fetch(list, out, ...settings);
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(await readManifest(join(out, "fetched"))).toMatchObject({ rows: 80, outcomes: { ok: 80 } });
      expect((await readdir(join(out, "fetched"))).filter((name) => name.includes("incomplete"))).toEqual([]);
    } finally {
      try {
        execFileSync("umount", [disk], { stdio: "ignore" });
      } catch {
        // It was not mounted.
      }
      await rm(disk, { recursive: true, force: true });
    }
  });
});
