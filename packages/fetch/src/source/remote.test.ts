import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { brief, readList } from "../../test/support/read-list.js";
import { encodeList, listRow, pack } from "../../test/support/write-list.js";
import { digest } from "./digest.js";
import { downloadFile } from "./download-file.js";
import { webFile } from "./web-file.js";

let folder: string;
let stage: string;
let server: Server;
let origin: string;
let requests: { url: string; headers: IncomingMessage["headers"] }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-remote-"));
  stage = join(folder, "fetched");
  await mkdir(stage);
  requests = [];
  server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const rows = Array.from({ length: 4000 }, (_, index) => listRow(index));
const pairs = rows.map(({ url, caption }) => [url, caption]);
const list = encodeList("tsv", rows);

interface Serving {
  etag?: string;
  /** Breaks the connection after so many bytes of a body. */
  breakAfter?: (request: number) => number;
}

/** Serves bytes with ranges, as object stores do. */
function serve(body: Buffer, { etag, breakAfter }: Serving = {}): typeof answer {
  return (request, response) => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const validator = request.headers["if-range"];
    const ranged = range !== null && (validator === undefined || validator === etag);
    const start = ranged ? Number(range[1]) : 0;
    const end = ranged && range[2] !== "" ? Number(range[2]) + 1 : body.length;
    const part = body.subarray(start, Math.min(end, body.length));
    response.statusCode = ranged ? 206 : 200;
    if (etag !== undefined) response.setHeader("etag", etag);
    if (ranged)
      response.setHeader("content-range", `bytes ${start}-${start + part.length - 1}/${body.length}`);
    response.setHeader("content-length", part.length);
    const limit = breakAfter?.(requests.length) ?? Number.POSITIVE_INFINITY;
    if (part.length <= limit) response.end(part);
    // Long enough for a busy machine to put away what has come.
    else response.write(part.subarray(0, limit), () => setTimeout(() => response.destroy(), 300));
  };
}

describe("a list on the web", () => {
  it("is brought once, and read from its copy in later runs, without the server", async () => {
    answer = serve(pack(list, ".gz"), { etag: '"one"' });
    const path = `${origin}/lists/list.tsv.gz?token=secret`;
    expect(brief(await readList({ path }, stage))).toEqual(pairs);
    expect(requests).toHaveLength(1);
    answer = (_, response) => response.destroy();
    expect(brief(await readList({ path }, stage))).toEqual(pairs);
    expect(requests).toHaveLength(1);
    const names = await readdir(join(stage, "source"));
    expect(names.filter((name) => !/-list\.tsv(\.gz)?$/.test(name))).toEqual([]);
    expect(JSON.stringify(names)).not.toContain("secret");
  });

  it("whose download breaks goes on where it was", async () => {
    answer = serve(list, { etag: '"one"', breakAfter: (request) => (request < 4 ? 50_000 : list.length) });
    expect(brief(await readList({ path: `${origin}/list.tsv` }, stage))).toEqual(pairs);
    const asked = requests.map(({ headers }) => [headers.range, String(headers["if-range"])]);
    expect(asked[0]).toEqual([undefined, "undefined"]);
    expect(
      asked.slice(1).every(([range, tag]) => /^bytes=[1-9]\d*-$/.test(range ?? "") && tag === '"one"'),
    ).toBe(true);
    const starts = asked.slice(1).map(([range]) => Number(/\d+/.exec(range ?? "")?.[0]));
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    expect(requests).toHaveLength(4);
  });

  it("that changes while it is brought is brought anew, never mixed", async () => {
    const other = encodeList("tsv", rows.slice(2000));
    answer = (request, response) => {
      if (requests.length === 1) serve(list, { etag: '"one"', breakAfter: () => 50_000 })(request, response);
      else serve(other, { etag: '"two"' })(request, response);
    };
    expect(brief(await readList({ path: `${origin}/list.tsv` }, stage))).toEqual(pairs.slice(2000));
    expect(requests).toHaveLength(2);
  });

  it("without a tag is never continued", async () => {
    answer = serve(list, { breakAfter: (request) => (request === 1 ? 50_000 : list.length) });
    expect(brief(await readList({ path: `${origin}/list.tsv` }, stage))).toEqual(pairs);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });

  it("behind a redirect is found", async () => {
    answer = (request, response) => {
      if (request.url === "/list.tsv") response.writeHead(302, { location: "/elsewhere/1" }).end();
      else serve(list)(request, response);
    };
    expect(brief(await readList({ path: `${origin}/list.tsv` }, stage))).toEqual(pairs);
  });

  it("that a process which died had begun to bring is taken over", async () => {
    answer = serve(list, { etag: '"one"' });
    const source = join(stage, "source");
    await mkdir(source);
    // What a process leaves that is killed: its file, under a name with its id. No process has this one.
    const whole = await downloadFile(webFile(new URL(`${origin}/list.tsv`)), source);
    const tag = Buffer.from('"one"').toString("base64url");
    const left = join(
      source,
      `${digest(`${origin}/list.tsv`)}.${tag}.${hostname()}-4194304-00000000.incomplete`,
    );
    await rename(whole.path, left);
    await truncate(left, 60_000);
    requests = [];
    expect(brief(await readList({ path: `${origin}/list.tsv` }, stage))).toEqual(pairs);
    expect(requests.map(({ headers }) => headers.range)).toEqual(["bytes=60000-"]);
    expect((await readdir(source)).filter((name) => name.endsWith(".incomplete"))).toEqual([]);
  });

  it("that is not there is an error with its address, without what may be secret", async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(readList({ path: `${origin}/list.tsv?token=secret` }, stage)).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      message: "the server answered 404",
      where: `${origin}/list.tsv`,
    });
  });
});

describe("a list on the Hugging Face hub", () => {
  const commit = "c0ffee".padEnd(40, "0");
  const files: Record<string, Buffer> = {
    "README.md": Buffer.from("# A list"),
    "data/part-10.tsv.gz": pack(encodeList("tsv", rows.slice(2000)), ".gz"),
    "data/part-9.tsv.zst": pack(encodeList("tsv", rows.slice(1000, 2000)), ".zst"),
    "data/part-1.parquet": encodeList("parquet", rows.slice(0, 1000)),
    "data/old/part-2.tsv": encodeList("tsv", rows.slice(0, 5)),
  };
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    environment = { ...process.env };
    process.env.HF_ENDPOINT = origin;
    process.env.HF_TOKEN = "hf_token";
  });
  afterEach(() => {
    process.env = environment;
  });

  /** The endpoints that the client asks: the dataset's commit, its files, and each file. */
  function hub(breakFirst = false): typeof answer {
    let broken = !breakFirst;
    return (request, response) => {
      const path = decodeURIComponent(request.url ?? "").replace(/\?.*$/, "");
      const json = (value: unknown): void => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(value));
      };
      if (request.headers.authorization !== "Bearer hf_token") {
        response.statusCode = 401;
        json({ error: "who are you" });
      } else if (
        path === "/api/datasets/ana/lists/revision/v1" ||
        path === "/api/datasets/ana/lists/revision/HEAD"
      ) {
        json({ _id: "1", id: "ana/lists", sha: commit, lastModified: "2026-01-01T00:00:00.000Z" });
      } else if (path === `/api/datasets/ana/lists/tree/${commit}`) {
        const entries = Object.entries(files);
        json(
          entries.map(([name, body]) => ({
            type: "file",
            path: name,
            size: body.length,
            oid: `oid of ${name}`,
          })),
        );
      } else {
        const name = path.replace(`/datasets/ana/lists/resolve/${commit}/`, "");
        const body = files[name];
        if (body === undefined) response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
        else {
          const whole = request.headers.range !== "bytes=0-0";
          const breaks = whole && !broken;
          if (breaks) broken = true;
          serve(body, { etag: '"e"', breakAfter: () => (breaks ? 5000 : body.length) })(request, response);
        }
      }
    };
  }

  it.each(["data", "data/part-*", "data/part-*.*"])(
    "%s: files of one revision, in natural order, brought once",
    async (path) => {
      answer = hub();
      const options = { path: `hf://datasets/ana/lists@v1/${path}`, rowsPerPart: 1500 };
      expect(brief(await readList(options, stage))).toEqual(pairs);
      const count = requests.length;
      expect(brief(await readList(options, stage))).toEqual(pairs);
      expect(requests).toHaveLength(count);
      const kept = JSON.parse(await readFile(join(stage, "source.json"), "utf8")) as {
        files: { name: string }[];
      };
      expect(kept.files.map(({ name }) => name)).toEqual(
        ["part-1.parquet", "part-9.tsv.zst", "part-10.tsv.gz"].map(
          (name) => `hf://datasets/ana/lists@${commit}/data/${name}`,
        ),
      );
    },
  );

  it("one file, without a revision, whose download breaks and goes on", async () => {
    answer = hub(true);
    const path = "hf://datasets/ana/lists/data/part-9.tsv.zst";
    expect(brief(await readList({ path }, stage))).toEqual(pairs.slice(1000, 2000));
    const ranges = requests
      .map(({ headers }) => headers.range)
      .filter((range) => range !== undefined && range !== "bytes=0-0");
    expect(ranges).toHaveLength(1);
    expect(ranges[0]).toMatch(/^bytes=[1-9]\d*-\d+$/);
  });

  it("brings no file beyond the last row wanted", async () => {
    answer = hub();
    await readList({ path: "hf://datasets/ana/lists/data", rowsPerPart: 500, maxRows: 1000 }, stage);
    const brought = requests.map(({ url }) => url).filter((url) => url.includes("/resolve/"));
    expect(brought.length).toBeGreaterThan(0);
    expect(brought.every((url) => url.includes("part-1.parquet"))).toBe(true);
  });

  it("that is not there, or not open, is an error that says so", async () => {
    answer = hub();
    await expect(readList({ path: "hf://datasets/ana/lists/nothing-*" }, stage)).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      where: "hf://datasets/ana/lists/nothing-*",
    });
    await expect(readList({ path: "hf://datasets/ana" }, stage)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    process.env.HF_TOKEN = "hf_other";
    await expect(readList({ path: "hf://datasets/ana/lists/data" }, stage)).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      message: expect.stringContaining("401") as string,
      hint: expect.stringContaining("HF_TOKEN") as string,
    });
  });
});
