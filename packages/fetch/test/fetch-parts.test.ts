import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type FetchedRow,
  type Manifest,
  readImages,
  readManifest,
  readRows,
  type StageEvent,
  sha256,
} from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fetchParts, type FetchPartsOptions, refreshParts, retryParts } from "../src/index.js";
import { gif, jpegLike } from "./support/pictures.js";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let out: string;
let port: number;
let answers: Record<string, Answer>;
let asked: string[];
let close: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-fetch-"));
  out = join(folder, "pictures");
  answers = {};
  asked = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (ofOrigin.has(path) && answers[path] === undefined) {
      response.writeHead(404).end();
      return;
    }
    asked.push(path);
    (answers[path] ?? picture(path))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  close = () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end("no");
/** A body of its own for every text. */
const bodyOf = (text: string): Buffer => Buffer.concat([gif, Buffer.from(text)]);
const picture =
  (text: string): Answer =>
  (_, response) =>
    response.end(bodyOf(text));
/** Answers 304 to whoever knows the version. */
const versioned =
  (etag: string): Answer =>
  ({ headers }, response) => {
    if (headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(bodyOf(etag));
  };

/** What the client asks of an origin besides rows. */
const ofOrigin = new Set(["/robots.txt", "/.well-known/tdmrep.json"]);

/** Ten rows in two parts: /0 … /9. */
async function options(overrides: FetchPartsOptions["fetch"] = {}): Promise<FetchPartsOptions> {
  const list = join(folder, "list.tsv");
  const lines = Array.from({ length: 10 }, (_, n) => `http://127.0.0.1:${port}/${n}\tcaption ${n}\n`);
  await writeFile(list, lines.join(""));
  return {
    source: { path: list, rowsPerPart: 5 },
    out,
    fetch: { allowPrivate: ["127.0.0.1"], retries: 0, ...overrides },
  };
}

async function end<Result>(
  events: AsyncGenerator<StageEvent, Result>,
): Promise<{ events: StageEvent[]; result: Result }> {
  const seen: StageEvent[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { events: seen, result: next.value };
    seen.push(next.value);
  }
}

/** Every row, with the body that its place leads to. */
async function readAll(): Promise<(FetchedRow & { body: Buffer | null })[]> {
  const manifest = await readManifest(join(out, "fetched"));
  const all: (FetchedRow & { body: Buffer | null })[] = [];
  for (const { files } of manifest?.parts ?? []) {
    for (const row of await readRows<FetchedRow>(join(out, "fetched", files["rows.arrow"]?.name ?? ""))) {
      let body: Buffer | null = null;
      if (row.image_file !== null) {
        const reader = await readImages(join(out, "fetched", files[row.image_file]?.name ?? ""));
        body = Buffer.from(
          await reader.read({ offset: Number(row.image_offset), length: row.image_length ?? 0 }),
        );
        await reader.close();
        expect(sha256(body)).toBe(row.sha256);
      }
      expect(body === null).toBe(row.outcome !== "ok");
      all.push({ ...row, body });
    }
  }
  return all;
}

/** The first part's consent ledger: line, outcome, what was done, signals. */
async function readLedger(manifest: Manifest | null): Promise<unknown[][]> {
  const name = manifest?.parts[0]?.files["consent.jsonl"]?.name ?? "";
  const lines = (await readFile(join(out, "fetched", name), "utf8")).trim().split("\n");
  return lines.map((text) => {
    const entry = JSON.parse(text) as Record<string, unknown>;
    return [entry.line, entry.outcome, entry.did, entry.signals];
  });
}

async function inodes(manifest: Manifest | null, part: number): Promise<string[]> {
  const files = Object.values(manifest?.parts[part]?.files ?? {});
  return Promise.all(
    files.map(async ({ name }) => {
      const { ino, mtimeMs } = await stat(join(out, "fetched", name));
      return `${name} ${ino} ${mtimeMs}`;
    }),
  );
}

describe("fetchParts", () => {
  it("downloads a list with nothing but its path and a folder, telling how it goes", async () => {
    answers["/3"] = status(404);
    const { events, result } = await end(fetchParts({ ...(await options()), tellFailures: true }));
    expect(result).toMatchObject({ rows: 10, outcomes: { ok: 9, http_4xx: 1 } });
    expect(events[0]).toMatchObject({ type: "plan", parts: 2, rows: 10 });
    expect(events.at(-1)).toMatchObject({ type: "done", partsMade: 2 });
    const told = events.flatMap((event) => (event.type === "progress" ? (event.failures ?? []) : []));
    expect(told).toEqual([
      { line: 4, url: `http://127.0.0.1:${port}/3`, outcome: "http_4xx", detail: "the server answered 404" },
    ]);
    const counted = events.flatMap((event) => (event.type === "progress" ? [event.rows] : []));
    expect(counted.reduce((sum, rows) => sum + rows, 0)).toBe(10);
    expect((await readAll()).map(({ body }) => body?.subarray(gif.length).toString())).toEqual([
      "/0",
      "/1",
      "/2",
      undefined,
      "/4",
      "/5",
      "/6",
      "/7",
      "/8",
      "/9",
    ]);
  });

  it("leaves out pictures that search engines must not index, where the config says that this reserves them", async () => {
    const answer: Answer = (_, response) => response.setHeader("x-robots-tag", "noindex").end(gif);
    answers = { "/1": answer, "/6": answer };
    const directives = ["noai", "noimageai", "noindex"];
    const { result } = await end(fetchParts(await options({ optOutDirectives: directives })));
    expect(result.outcomes).toEqual({ ok: 8, opted_out: 2 });
    out = join(folder, "by default");
    expect((await end(fetchParts(await options()))).result.outcomes).toEqual({ ok: 10 });
  });

  it("finds the URL that many rows are redirected to", async () => {
    const list = join(folder, "list.tsv");
    const lines = Array.from({ length: 40 }, (_, n) => `http://127.0.0.1:${port}/row/${n}\tcaption ${n}\n`);
    await writeFile(list, lines.join(""));
    for (let n = 0; n < 40; n += 1) {
      // Twelve to one place, nine to another, and some to places of their own.
      const target = n < 12 ? "/gone.gif" : n < 21 ? "/moved.gif" : `/new/${n}`;
      if (n < 30) answers[`/row/${n}`] = (_, response) => response.writeHead(302, { location: target }).end();
    }
    const given = { ...(await options()), source: { path: list, rowsPerPart: 10 } };
    await writeFile(list, lines.join(""));
    const { result } = await end(fetchParts(given));
    expect(result.summary).toMatchObject({
      sharedUrls: [{ url: `http://127.0.0.1:${port}/gone.gif`, rows: 12 }],
      sharedUrlRows: 12,
    });
    const marks = (await readFile(join(out, "fetched/shared-urls.ndjson"), "utf8")).trim().split("\n");
    expect(marks.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    );
  });

  it("finds such URLs from as many rows on as the config says", async () => {
    for (const n of [1, 2, 3])
      answers[`/${n}`] = (_, response) => response.writeHead(302, { location: "/gone.gif" }).end();
    const { result } = await end(fetchParts(await options({ sharedRedirectRows: 3 })));
    expect(result.summary).toMatchObject({ sharedUrlRows: 3 });
  });

  it("counts the different hosts of URLs and of where redirects ended", async () => {
    const list = join(folder, "hosts.tsv");
    const names = ["a.test", "b.test", "A.test", "c.test", "not a host", "b.test"];
    await writeFile(list, names.map((name, n) => `http://${name}:${port}/${n}\tcaption ${n}\n`).join(""));
    answers["/3"] = (_, response) =>
      response.writeHead(302, { location: `http://d.test:${port}/end.gif` }).end();
    const given = { allowPrivate: ["*.test"], resolve: { "*.test": "127.0.0.1" } };
    const { result } = await end(
      fetchParts({ ...(await options(given)), source: { path: list, rowsPerPart: 2 } }),
    );
    expect(result.outcomes).toEqual({ ok: 5, bad_url: 1 });
    expect(result.summary.politeness).toMatchObject({ distinctHosts: 4 });
    expect(JSON.parse(await readFile(join(out, "fetched/politeness.json"), "utf8"))).toMatchObject({
      distinctHosts: 4,
    });
  });

  it("warns once, before it asks, where many hosts are to be asked and no contact is given", async () => {
    const list = join(folder, "many.tsv");
    const write = (hosts: number): Promise<void> =>
      writeFile(
        list,
        Array.from({ length: hosts }, (_, n) => `http://h${n}.test:${port}/${n}\tcaption\n`).join(""),
      );
    const run = async (fetch: FetchPartsOptions["fetch"]): Promise<StageEvent[]> => {
      const given = { allowPrivate: ["*.test"], resolve: { "*.test": "127.0.0.1" }, ...fetch };
      const { events } = await end(
        fetchParts({ ...(await options(given)), source: { path: list, rowsPerPart: 500 }, overwrite: true }),
      );
      return events;
    };
    const warnings = (events: StageEvent[]): StageEvent[] => events.filter(({ type }) => type === "warning");
    await write(100);
    expect(warnings(await run({}))).toEqual([]);
    await write(101);
    const events = await run({});
    expect(warnings(events)).toMatchObject([
      { stage: "fetch", message: expect.stringContaining("set fetch.contact") as string },
    ]);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["plan", "warning"]);
    // A contact decides no byte: the run that is there is still complete, and complete runs warn of nothing.
    expect((await run({ contact: "mailto:me@example.org" })).map(({ type }) => type)).toEqual(["done"]);
    await write(102);
    expect(warnings(await run({ contact: "mailto:me@example.org" }))).toEqual([]);
  });

  it("adds up how hard hosts were asked, over parts and revisions", async () => {
    answers["/1"] = status(429);
    const given = await options({ connectionsPerHost: 2 });
    const { result } = await end(fetchParts(given));
    // Ten rows, robots.txt and tdmrep.json.
    expect(result.summary.politeness).toMatchObject({
      workers: 1,
      distinctHosts: 1,
      requests: 12,
      throttled: 1,
    });
    answers["/1"] = picture("at last");
    await end(retryParts(given));
    const { hosts, ...all } = JSON.parse(
      await readFile(join(out, "fetched/politeness.json"), "utf8"),
    ) as Record<string, unknown> & { hosts: Record<string, unknown>[] };
    // One row, and the two files again.
    expect(all).toMatchObject({ requests: 15, throttled: 1, maxInFlight: 2 });
    expect(hosts).toMatchObject([{ host: "127.0.0.1", requests: 15, throttled: 1, maxInFlight: 2 }]);
  });

  it("keeps a ledger of what was said about each row's use, and what was done, also of rows asked again", async () => {
    answers["/robots.txt"] = (_, response) => response.end("User-agent: *\nDisallow: /1\nAllow: /2\n");
    answers["/.well-known/tdmrep.json"] = (_, response) =>
      response.end('[{ "location": "/0", "tdm-reservation": 1, "tdm-policy": "https://a.example/p" }]');
    const tagged =
      (name: string, value: string): Answer =>
      (_, response) =>
        response.writeHead(200, { [name]: value }).end(gif);
    answers["/3"] = tagged("x-robots-tag", "noai");
    answers["/4"] = tagged("tdm-reservation", "0");
    const given = await options();
    const first = await end(fetchParts(given));
    const at: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const robots = (said: string): object => ({ "robots.txt": { said, at } });
    const headers = (said: string): object => ({ headers: { said, at } });
    const expected = [
      [
        1,
        "opted_out",
        "left out",
        { "tdmrep.json": { said: "reserved: location /0, tdm-policy: https://a.example/p", at } },
      ],
      [2, "robots", "left out", robots("disallowed: line 2, Disallow: /1")],
      [3, "ok", "fetched", robots("allowed: line 3, Allow: /2")],
      [4, "opted_out", "left out", headers("x-robots-tag: noai")],
      [5, "ok", "fetched", headers("tdm-reservation: 0")],
    ];
    expect(await readLedger(first.result)).toEqual(expected);
    // Of the second part's rows nobody said anything.
    expect(Object.keys(first.result.parts[1]?.files ?? {})).not.toContain("consent.jsonl");
    answers["/4"] = tagged("tdm-reservation", "1");
    const { result } = await end(refreshParts(given));
    expected[4] = [5, "opted_out", "left out", headers("tdm-reservation: 1")];
    expect(await readLedger(result.manifest)).toEqual(expected);
  });

  it("throws the signal's reason, keeps nothing half done, and goes on with the next call", async () => {
    answers["/7"] = () => undefined;
    const stop = new AbortController();
    const given = await options();
    const events = fetchParts({ ...given, signal: stop.signal });
    await expect(
      (async () => {
        for (let next = await events.next(); next.done !== true; next = await events.next()) {
          if (next.value.type === "part") stop.abort(new Error("enough"));
        }
      })(),
    ).rejects.toThrow("enough");
    asked = [];
    delete answers["/7"];
    expect((await end(fetchParts(given))).result.outcomes).toEqual({ ok: 10 });
    expect(asked.sort()).toEqual(["/5", "/6", "/7", "/8", "/9"]);
  });

  it("stops the work when nobody reads on", async () => {
    answers["/7"] = () => undefined;
    for await (const event of fetchParts(await options())) if (event.type === "plan") break;
    expect(await readManifest(join(out, "fetched"))).toBeNull();
  });
});

describe("retryParts", () => {
  it("goes on where everything fails again, unless the config lets the breaker stop it", async () => {
    for (let n = 0; n < 10; n += 1) answers[`/${n}`] = status(503);
    await end(fetchParts(await options({ breaker: { window: 0 } })));
    const breaker = { window: 5, hosts: 1 };
    const { result } = await end(retryParts(await options({ breaker })));
    expect(result).toMatchObject({ complete: true, changed: [] });
    await expect(
      end(retryParts(await options({ breaker: { ...breaker, retry: true } }))),
    ).rejects.toMatchObject({ code: "CIRCUIT_OPEN" });
  });

  it("asks for passing failures only, adds what comes, and leaves the data that is there alone", async () => {
    answers["/1"] = status(503);
    answers["/2"] = status(404);
    answers["/3"] = status(503);
    const given = await options();
    const first = await end(fetchParts(given));
    const [mended, untouched] = [await inodes(first.result, 0), await inodes(first.result, 1)];
    asked = [];
    delete answers["/1"];
    const { result } = await end(retryParts(given));
    expect(asked.sort()).toEqual(["/1", "/3"]);
    expect(result).toMatchObject({
      complete: true,
      before: { ok: 7, http_5xx: 2, http_4xx: 1 },
      after: { ok: 8, http_5xx: 1, http_4xx: 1 },
      changed: ["part-00000"],
    });
    const now = await readManifest(join(out, "fetched"));
    expect(await inodes(now, 1)).toEqual(untouched);
    const files = await inodes(now, 0);
    expect(files).toContain(mended.find((file) => file.includes(".images.arrow")));
    const rows = await readAll();
    expect(rows[1]).toMatchObject({ outcome: "ok", image_file: "images.r1.arrow", caption: "caption 1" });
    expect(rows[0]).toMatchObject({ image_file: "images.arrow" });
  });

  it("changes nothing at all where everything fails again as before", async () => {
    answers["/1"] = status(503);
    const given = await options();
    const first = await end(fetchParts(given));
    const { result } = await end(retryParts(given));
    expect(result).toMatchObject({ complete: true, changed: [], after: { ok: 9, http_5xx: 1 } });
    expect(result.manifest).toEqual(first.result);
  });

  it("keeps to the outcomes it is given, and may use other deadlines than the first time", async () => {
    answers["/1"] = status(503);
    answers["/2"] = status(429);
    await end(fetchParts(await options()));
    asked = [];
    await end(retryParts({ ...(await options({ totalMs: 60_000 })), outcomes: ["http_429"] }));
    expect(asked).toEqual(["/2"]);
    // The options of the first time stand: the same call as then finds the stage complete.
    const again = await end(fetchParts(await options()));
    expect(again.events.map(({ type }) => type)).toEqual(["done"]);
  });

  it("goes from revision to revision", async () => {
    for (const path of ["/1", "/2", "/3"]) answers[path] = status(503);
    const given = await options();
    await end(fetchParts(given));
    for (const path of ["/1", "/2", "/3"]) {
      answers[path] = picture(`${path} at last`);
      await end(retryParts(given));
    }
    const rows = await readAll();
    expect(rows.slice(0, 5).map(({ image_file }) => image_file)).toEqual([
      "images.arrow",
      "images.r1.arrow",
      "images.r2.arrow",
      "images.r3.arrow",
      "images.arrow",
    ]);
    expect(rows[2]?.body).toEqual(bodyOf("/2 at last"));
    const record = await readFile(join(out, "fetched/part-00000.r2.json"), "utf8");
    expect(JSON.parse(record)).toMatchObject({ revision: 2, outcomes: { ok: 4, http_5xx: 1 } });
  });
});

describe("refreshParts", () => {
  it("keeps what is unchanged, replaces what has changed, drops what was reserved, keeps what cannot be had", async () => {
    for (const n of [0, 1, 2, 3]) answers[`/${n}`] = versioned(`"first ${n}"`);
    const given = await options();
    const first = await end(fetchParts(given));
    answers["/1"] = versioned('"second 1"');
    answers["/2"] = status(404);
    answers["/3"] = (_, response) => response.writeHead(200, { "x-robots-tag": "noai" }).end(jpegLike(100));
    const { result } = await end(refreshParts(given));
    expect(result).toMatchObject({
      before: { ok: 10 },
      after: { ok: 9, opted_out: 1 },
      changed: ["part-00000"],
    });
    const rows = await readAll();
    expect(rows[0]).toMatchObject({ image_file: "images.arrow", detail: null, body: bodyOf('"first 0"') });
    expect(rows[1]).toMatchObject({ image_file: "images.r1.arrow", body: bodyOf('"second 1"') });
    expect(rows[2]).toMatchObject({
      outcome: "ok",
      detail: "kept; asked again: http_4xx: the server answered 404",
      body: bodyOf('"first 2"'),
    });
    expect(rows[3]).toMatchObject({ outcome: "opted_out", image_file: null });
    expect(await inodes(result.manifest, 1)).toEqual(await inodes(first.result, 1));
  });

  it("finds nothing to do where nothing has changed, with validators or without", async () => {
    answers["/0"] = versioned('"same"');
    const given = await options();
    const first = await end(fetchParts(given));
    asked = [];
    expect((await end(refreshParts(given))).result).toMatchObject({ changed: [], manifest: first.result });
    expect(asked).toHaveLength(10);
  });
});
