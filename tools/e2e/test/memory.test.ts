import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readManifest } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startLeyenda } from "../src/index.js";

const rows = 200_000;
const megabyte = 1 << 20;

/** The smallest GIF: one transparent pixel. */
const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

describe.skipIf(!existsSync("/proc/self/status"))("memory (needs /proc)", () => {
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-memory-"));
    server = createServer((_, response) => response.writeHead(200, { "content-type": "image/gif" }).end(gif));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const lines = Array.from(
      { length: rows },
      (_, i) => `http://127.0.0.1:${port}/${i}.gif\tpicture number ${i}\n`,
    );
    await writeFile(join(folder, "list.tsv"), lines.join(""));
    await writeFile(
      join(folder, "dataset.json"),
      JSON.stringify({
        name: "many",
        source: { path: "list.tsv", rowsPerPart: 10_000 },
        fetch: {
          concurrency: 64,
          connectionsPerHost: 64,
          requestsPerSecondPerHost: 10_000,
          allowPrivate: ["127.0.0.1"],
        },
        select: { train: 1, validation: 1 },
        translate: { model: "none" },
      }),
    );
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    "stays flat over 200,000 rows: less than 150 MB more than after the first part",
    { timeout: 400_000 },
    async () => {
      const { child, ended } = startLeyenda([
        "fetch",
        join(folder, "dataset.json"),
        "--data-dir",
        folder,
        "--workers",
        "1",
      ]);
      const firstRecord = join(folder, "many/fetched/part-00000.json");
      let afterFirst: number | undefined;
      let peak = 0;
      while (child.exitCode === null && child.signalCode === null) {
        const bytes = await residentBytes(child.pid ?? 0);
        if (bytes !== null && existsSync(firstRecord)) {
          afterFirst ??= bytes;
          peak = Math.max(peak, bytes);
        }
        await sleep(250);
      }
      const { code, stderr } = await ended;
      expect(code, stderr).toBe(0);
      expect(await readManifest(join(folder, "many/fetched"))).toMatchObject({
        rows,
        outcomes: { ok: rows },
      });
      expect(afterFirst).toBeDefined();
      expect((peak - (afterFirst ?? 0)) / megabyte).toBeLessThan(150);
    },
  );
});

async function residentBytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
