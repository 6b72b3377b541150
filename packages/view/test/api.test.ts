import { once } from "node:events";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type DatasetFolders, sha256 } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startViewer, type Viewer } from "../src/index.js";
import { makeDataset } from "./make-dataset.js";

let dataDir: string;
let folders: DatasetFolders;
let viewer: Viewer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-view-"));
  folders = await makeDataset(dataDir);
  viewer = await startViewer({ folders, port: 0, budgetMs: 60_000 });
});
afterAll(async () => {
  await viewer.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Row {
  position: number;
  index: number;
  caption_es: string;
  caption: string;
  outcome: string;
  split: string | null;
}

interface Page {
  rows: Row[];
  next: number | null;
  total: number;
}

async function ask<Body = Page>(path: string, of = viewer): Promise<Body> {
  const response = await fetch(new URL(path, of.url));
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Body;
}

async function status(path: string, init?: RequestInit): Promise<number> {
  return (await fetch(new URL(path, viewer.url), init)).status;
}

/** Answers of a page after the other, to the end. */
async function askAll(path: string, of = viewer): Promise<Page[]> {
  const pages: Page[] = [];
  for (let at: number | null = 0; at !== null; at = pages.at(-1)?.next ?? null)
    pages.push(await ask(`${path}&at=${at}`, of));
  return pages;
}

describe("a page of the dataset", () => {
  it("has the rows from any place on, over the borders of batches and shards", async () => {
    for (const at of [0, 3, 13, 14, 15, 28]) {
      const page = await ask(`/api/rows?split=train&at=${at}&count=4`);
      const positions = [0, 1, 2, 3].map((by) => at + by).filter((position) => position < 30);
      expect(page.rows.map(({ position }) => position)).toEqual(positions);
      expect(page).toMatchObject({ total: 30, next: at + 4 < 30 ? at + 4 : null });
    }
    expect(await ask("/api/rows?split=validation&at=99")).toEqual({ rows: [], next: null, total: 6 });
  });

  it.each([
    ["nino", 6],
    ["NIÑOS", 6],
    ["nin\u0303os", 6],
    ["pinguino hielo", 6],
    ["penguin ICE", 6],
    ["perro", 6],
    ["a", 30],
    ["perro penguin", 0],
    ["un 53", 1],
  ])("has the captions with %s, in either language", async (words, found) => {
    const page = await ask(`/api/rows?split=train&q=${encodeURIComponent(words)}`);
    expect(page.rows).toHaveLength(found);
    expect(page.next).toBeNull();
  });

  it("has the rows with a flag, with any, or with none", async () => {
    const lasts = async (flag: string): Promise<Set<string>> => {
      const { rows } = await ask(`/api/rows?split=train&flag=${flag}`);
      return new Set(rows.map(({ caption_es: caption }) => caption.at(-1) ?? ""));
    };
    expect(await lasts("loop")).toEqual(new Set(["7"]));
    expect(await lasts("any")).toEqual(new Set(["7"]));
    expect(await lasts("none")).toEqual(new Set(["3", "4", "5", "6"]));
    expect(await lasts("copied")).toEqual(new Set());
  });

  it("is given back in time, and goes on where it stopped, until every row was seen once", async () => {
    const hasty = await startViewer({ folders, port: 0, budgetMs: 0 });
    try {
      const pages = await askAll("/api/rows?split=train&q=perro&count=2", hasty);
      expect(pages.length).toBeGreaterThan(4);
      const captions = pages.flatMap(({ rows }) => rows.map(({ caption_es: caption }) => caption));
      expect(captions).toEqual([7, 17, 27, 37, 47, 57].map((line) => `un perro ${line}`));
      const list = await askAll("/api/list?outcome=reserve&count=2", hasty);
      expect(list.flatMap(({ rows }) => rows.map(({ index }) => index))).toEqual([9, 19, 29, 39, 49, 59]);
    } finally {
      await hasty.close();
    }
  });
});

describe("the whole list", () => {
  it("has every row once, with the outcome it has in the end", async () => {
    const { rows, total } = await ask("/api/list?count=200");
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, index) => index));
    expect(total).toBe(60);
    const first = ["http_4xx", "too_small", "duplicate", "ok", "ok", "ok", "ok", "ok", "ok", "reserve"];
    expect(rows.slice(0, 10).map(({ outcome }) => outcome)).toEqual(first);
    expect(rows.slice(7, 10).map(({ split }) => split)).toEqual(["train", "validation", null]);
  });

  it("counts outcomes as its filter finds them", async () => {
    const { list } = await ask<{ list: { outcomes: { outcome: string; rows: number }[] } }>("/api/dataset");
    expect(list.outcomes.length).toBe(5);
    for (const { outcome, rows } of list.outcomes) {
      const pages = await askAll(`/api/list?outcome=${outcome}&count=7`);
      const found = pages.flatMap((page) => page.rows);
      expect(found).toHaveLength(rows);
      expect(new Set(found.map((row) => row.outcome))).toEqual(new Set([outcome]));
    }
  });

  it("is searched as well", async () => {
    const { rows } = await ask("/api/list?q=Beach&outcome=ok");
    expect(rows.map(({ index }) => index % 10)).toEqual([4, 8, 4, 8, 4, 8, 4, 8, 4, 8, 4, 8]);
  });
});

describe("a row", () => {
  it("of the dataset has all that is known of it, from the list on", async () => {
    const lineage = await ask("/api/rows/train/7");
    expect(lineage).toMatchObject({
      index: 15,
      part: "part-00000",
      outcome: "ok",
      split: "train",
      position: 7,
      dataset: { caption_es: "un coche rojo 15", source_line: 16 },
      fetched: { etag: '"etag-15"', final_url: "http://pictures.example/15.png?final", status: 200 },
      clean: { phash: "00ff00ff00ff00ff", width: 55 },
      selection: { verdict: "train", position: 7 },
      translated: { source_tokens: 5, caption_en: "a red car 15" },
    });
    expect(lineage).toEqual(await ask("/api/list/15"));
  });

  it("that was left out says why", async () => {
    expect(await ask("/api/list/40")).toMatchObject({
      outcome: "http_4xx",
      class: "permanent",
      dataset: null,
      selection: null,
      fetched: { status: 404, detail: "404 Not Found" },
    });
    expect(await ask("/api/list/42")).toMatchObject({
      outcome: "duplicate",
      selection: { reason: "near", distance: 3 },
    });
  });

  it("has its near duplicates, the kept one first", async () => {
    expect(await ask("/api/list/42/near")).toMatchObject({
      progress: 1,
      more: false,
      rows: [{ index: 43, isKept: true, outcome: "ok", split: "train" }],
    });
    expect(await ask("/api/list/43/near")).toMatchObject({
      rows: [{ index: 42, isKept: false, outcome: "duplicate", reason: "near", distance: 3 }],
    });
    for (const index of [0, 1, 44, 49])
      expect(await ask(`/api/list/${index}/near`)).toEqual({ progress: 1, rows: [], more: false });
  });

  it("has its picture, as it is in the dataset, as it was cleaned and as it came", async () => {
    const { dataset } = await ask<{ dataset: { source_sha256: string } }>("/api/rows/train/29");
    for (const path of ["/pictures/dataset/train/29", "/pictures/clean/57", "/pictures/fetched/57"]) {
      const response = await fetch(new URL(path, viewer.url));
      expect(response.headers.get("content-type")).toBe("image/png");
      expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(dataset.source_sha256);
    }
    expect(await status("/pictures/clean/1")).toBe(404);
    expect(await status("/pictures/fetched/1")).toBe(200);
    expect(await status("/pictures/fetched/0")).toBe(404);
  });
});

describe("a dataset with compressed shards", () => {
  it.each(["lz4", "zstd"] as const)("is shown all the same: %s", async (compression) => {
    const folder = await mkdtemp(join(tmpdir(), "leyenda-view-packed-"));
    const packed = await startViewer({ folders: await makeDataset(folder, compression), port: 0 });
    try {
      for (const path of ["/api/rows?split=train&at=9", "/api/rows?split=train&q=nino", "/api/rows/train/12"])
        expect(await ask(path, packed)).toEqual(await ask(path));
      const [one, other] = await Promise.all(
        [packed, viewer].map(async ({ url }) => {
          const response = await fetch(new URL("/pictures/dataset/train/12", url));
          return sha256(new Uint8Array(await response.arrayBuffer()));
        }),
      );
      expect(one).toBe(other);
    } finally {
      await packed.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("a dataset on its own", () => {
  it("is shown without a list", async () => {
    const alone = await startViewer({
      folders: {
        dataset: folders.dataset,
        fetched: "/none",
        clean: "/none",
        selected: "/none",
        translated: "/none",
      },
      port: 0,
    });
    try {
      expect(await ask("/api/dataset", alone)).toMatchObject({
        list: null,
        splits: [{ rows: 30 }, { rows: 6 }],
      });
      expect(await ask("/api/rows/train/7", alone)).toMatchObject({
        index: null,
        fetched: null,
        outcome: "ok",
      });
      expect((await fetch(new URL("/api/list", alone.url))).status).toBe(404);
    } finally {
      await alone.close();
    }
  });

  it("of whose manifest a file lies elsewhere is not opened", async () => {
    const path = join(folders.dataset, "manifest.json");
    const manifest = await readFile(path, "utf8");
    await writeFile(path, manifest.replaceAll("train-00001-of-00002.arrow", "../../secret.arrow"));
    await expect(startViewer({ folders, port: 0 })).rejects.toMatchObject({ code: "DATA_CORRUPT" });
    await writeFile(path, manifest);
  });

  it("with a shard that was cut says so, and shows the others", async () => {
    const path = join(folders.dataset, "validation-00000-of-00001.arrow");
    const whole = await readFile(path);
    await truncate(path, 3_000);
    const response = await fetch(new URL("/api/rows?split=validation", viewer.url));
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("ends inside the message");
    expect(await status("/api/rows?split=train")).toBe(200);
    await writeFile(path, whole);
    expect((await ask("/api/rows?split=validation")).rows).toHaveLength(6);
  });
});

describe("the server", () => {
  it("refuses what cannot be, naming it", async () => {
    for (const path of [
      "/api/rows?split=train&at=-1",
      "/api/rows?split=train&count=100000",
      "/api/rows?split=train&flag=nonsense",
      "/api/rows?split=train&unknown=1",
      "/api/rows",
      "/api/list?outcome=nonsense",
      `/api/list?q=${"x".repeat(600)}`,
    ])
      expect(await status(path), path).toBe(400);
    for (const path of [
      "/api/rows?split=nonsense",
      "/api/rows/train/30",
      "/api/list/60",
      "/nothing",
      "/api/rows/train/-1",
    ])
      expect(await status(path), path).toBe(404);
    expect(await status("/api/dataset", { method: "POST" })).toBe(405);
  });

  it("gives no file but the page's own", async () => {
    for (const path of [
      "/../package.json",
      "/%2e%2e/package.json",
      "/..%2fpackage.json",
      "//etc/passwd",
      "/style.css/../../package.json",
      "/pictures/dataset/../0",
      "/pictures/dataset/..%2f..%2fsecret/0",
      "/constructor",
      "/__proto__",
    ])
      expect(await rawStatus(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`), path).toMatch(/ 40[04] /);
    expect(await rawStatus("GET http://attacker.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n")).toMatch(
      / 400 /,
    );
  });

  it("answers to its own name only, whatever name the web gives this machine", async () => {
    expect(await rawStatus("GET /api/dataset HTTP/1.1\r\nhost: attacker.example\r\n\r\n")).toMatch(/ 403 /);
    expect(await rawStatus("GET /api/dataset HTTP/1.1\r\nhost: localhost:1\r\n\r\n")).toMatch(/ 200 /);
    expect(await status("/pictures/dataset/train/0", { headers: { "sec-fetch-site": "cross-site" } })).toBe(
      403,
    );
  });

  it("lets a page load nothing from elsewhere and run nothing but its own modules", async () => {
    for (const path of ["/", "/api/dataset", "/nothing", "/pictures/dataset/train/0"]) {
      const { headers } = await fetch(new URL(path, viewer.url));
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });

  it("says so when its port is taken", async () => {
    const port = Number(new URL(viewer.url).port);
    await expect(startViewer({ folders, port })).rejects.toMatchObject({ code: "USAGE" });
  });
});

/** The status line of what is answered to bytes as they are; `fetch` would tidy them up. */
async function rawStatus(request: string): Promise<string> {
  const socket = connect(Number(new URL(viewer.url).port), "127.0.0.1");
  socket.write(request);
  const [first] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return first.toString("latin1").split("\r\n")[0] ?? "";
}
