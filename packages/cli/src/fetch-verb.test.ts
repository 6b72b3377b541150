import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readManifest } from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runIn } from "../test/run-in.js";

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

let folder: string;
let server: Server;
let port: number;
/** Status by path; 200 with a picture where there is none. */
let statuses: Record<string, number>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-cli-fetch-"));
  statuses = {};
  server = createServer((request, response) => {
    const status = statuses[request.url ?? ""];
    if (status === undefined) response.end(Buffer.concat([gif, Buffer.from(request.url ?? "")]));
    else response.writeHead(status).end("no");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  const lines = Array.from(
    { length: 20 },
    (_, n) => `http://127.0.0.1:${port}/${n}\ta picture, number ${n}\n`,
  );
  await writeFile(join(folder, "urls.tsv"), lines.join(""));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command in the folder, allowed to ask the loopback. */
function leyenda(...args: string[]): ReturnType<typeof runIn> {
  const loopback = ["--workers", "1", "--fetch.allowPrivate", '["127.0.0.1"]', "--fetch.retries", "0"];
  return runIn(folder, { DATA_DIR: join(folder, "data") }, [...args, ...loopback]);
}

describe("leyenda fetch <list>", () => {
  it("downloads a bare list into a folder, as the README says, and writes a report", async () => {
    const readme = await readFile(new URL("../../fetch/README.md", import.meta.url), "utf8");
    const [, command = ""] = /^npx leyenda (fetch .*)$/m.exec(readme) ?? [];
    expect(command).toBe("fetch urls.tsv --out pictures");
    statuses["/3"] = 404;
    const run = await leyenda(...command.split(" "));
    expect(run.code, run.err).toBe(0);
    const manifest = await readManifest(join(folder, "pictures/fetched"));
    expect(manifest).toMatchObject({ dataset: "pictures", rows: 20, outcomes: { ok: 19, http_4xx: 1 } });
    const page = await readFile(join(folder, "pictures/reports/fetch.html"), "utf8");
    for (const text of ["http_4xx", "127.0.0.1", "Downloads over time", "19"]) expect(page).toContain(text);
    const again = await leyenda(...command.split(" "));
    expect(again.err).toContain("complete, nothing to do");
  });

  it("puts the data of a list without --out where datasets go", async () => {
    expect((await leyenda("fetch", "urls.tsv")).code).toBe(0);
    expect(await readManifest(join(folder, "data/urls/fetched"))).toMatchObject({ rows: 20 });
  });

  it("refuses options of stages that are not there", async () => {
    const { code, err } = await leyenda("fetch", "urls.tsv", "--out", "pictures", "--clean.size", "3");
    expect(code).toBe(1);
    expect(err).toMatch(/unknown option.*clean/);
  });
});

describe("leyenda fetch retry", () => {
  it("takes the folder alone, and says the counts before and after", async () => {
    for (const n of [1, 2, 3]) statuses[`/${n}`] = 503;
    statuses["/4"] = 429;
    await leyenda("fetch", "urls.tsv", "--out", "pictures", "--source.rowsPerPart", "10");
    statuses = { "/1": 503 };
    const only = await leyenda("fetch", "retry", "pictures", "--outcomes", "http_429", "--json");
    expect(only.code, only.err).toBe(0);
    expect(JSON.parse(only.out.trim().split("\n").at(-1) ?? "")).toEqual({
      type: "retry",
      complete: true,
      before: { ok: 16, http_5xx: 3, http_429: 1 },
      after: { ok: 17, http_5xx: 3 },
      changed: ["part-00000"],
    });
    const { code, err } = await leyenda("fetch", "retry", "pictures");
    expect(code).toBe(0);
    expect(err).toMatch(
      /before {2}17 ok; 3 http_5xx\n.*after {3}19 ok; 1 http_5xx\n.*1 part\(s\) have changed: part-00000/,
    );
    expect((await leyenda("fetch", "retry", "pictures")).err).toContain("no part has changed");
  });

  it("refuses an outcome that does not pass, and a list that was never fetched", async () => {
    const wrong = await leyenda("fetch", "retry", "urls.tsv", "--outcomes", "http_4xx");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("http_4xx is none of dns,");
    const early = await leyenda("fetch", "retry", "urls.tsv", "--out", "nothing");
    expect(early.code).toBe(1);
    expect(early.err).toContain('run "leyenda fetch" first');
  });
});

describe("leyenda fetch --refresh", () => {
  it("keeps a picture that is gone", async () => {
    await leyenda("fetch", "urls.tsv", "--out", "pictures");
    statuses["/1"] = 404;
    const { code, err } = await leyenda("fetch", "pictures", "--refresh");
    expect(code).toBe(0);
    expect(err).toMatch(/before {2}20 ok\n.*after {3}20 ok\n.*1 part\(s\) have changed/);
  });
});

describe("leyenda fetch --log", () => {
  it("appends every event, and every row that failed, as lines of JSON", async () => {
    statuses["/3"] = 404;
    const log = join(folder, "events.ndjson");
    await writeFile(log, '{"type":"earlier"}\n');
    expect((await leyenda("fetch", "urls.tsv", "--out", "pictures", "--log", log)).code).toBe(0);
    const lines = (await readFile(log, "utf8")).trim().split("\n");
    const events = lines.map((line) => JSON.parse(line) as { type: string; at?: string });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(["earlier", "plan", "progress", "row", "part", "finishing", "done"]),
    );
    expect(events.filter(({ type }) => type === "row")).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        type: "row",
        stage: "fetch",
        part: "part-00000",
        line: 4,
        url: `http://127.0.0.1:${port}/3`,
        outcome: "http_4xx",
        detail: "the server answered 404",
      },
    ]);
  });

  it("says so when the file cannot be written", async () => {
    const { code, err } = await leyenda("fetch", "urls.tsv", "--log", join(folder, "no/such/folder.ndjson"));
    expect(code).toBe(1);
    expect(err).toContain("--log");
  });
});
