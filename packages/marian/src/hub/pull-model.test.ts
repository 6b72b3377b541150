import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { convertCheckpoint } from "../convert-checkpoint.js";
import { pullModel } from "./pull-model.js";

const fixture = fileURLToPath(
  new URL("../../../../tools/oracle/fixtures/marian-formats/safetensors", import.meta.url),
);
const commit = "0123456789abcdef0123456789abcdef01234567";

interface FakeHub {
  url: string;
  files: Map<string, Buffer>;
  requests: { url: string; range: string | undefined; authorization: string | undefined }[];
  /** Answers in place of the hub when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
}

let server: Server;
let hub: FakeHub;
let cache: string;

/** Speaks what @huggingface/hub asks for: a revision, a tree, files by range. Files over 1,000 bytes are in LFS. */
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "leyenda-hub-"));
  const files = new Map<string, Buffer>([
    ["README.md", Buffer.from("not wanted")],
    ["../outside.spm", Buffer.from("not wanted")],
  ]);
  for (const name of await readdir(fixture)) files.set(name, await readFile(join(fixture, name)));
  hub = { url: "", files, requests: [], intercept: () => false };
  server = createServer((request, response) => {
    const { url = "", headers } = request;
    hub.requests.push({ url, range: headers.range, authorization: headers.authorization });
    if (hub.intercept(request, response)) return;
    if (/^\/api\/models\/owner\/name\/revision\/(main|v1)\?/.test(url)) {
      response.end(JSON.stringify({ _id: "1", id: "owner/name", modelId: "owner/name", sha: commit }));
    } else if (url.startsWith(`/api/models/owner/name/tree/${commit}?`)) {
      response.end(JSON.stringify([...hub.files].map(([path, bytes]) => treeEntry(path, bytes))));
    } else {
      const bytes = hub.files.get(url.replace(`/owner/name/resolve/${commit}/`, ""));
      if (bytes === undefined) response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
      else sendRange(response, bytes, headers.range);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cache, { recursive: true, force: true });
});

describe("pulling a folder", () => {
  it("brings what a model is made of into the cache, by its content, and keeps what is there", async () => {
    const files: string[] = [];
    const onFile = ({ path, cached }: { path: string; cached: boolean }): void => {
      files.push(`${path} ${cached}`);
    };
    const { folder, commit } = await pullModel(fixture, { cache, onFile });
    expect(folder).toBe(join(cache, "local/safetensors", commit));
    expect(files).toContain("model.safetensors false");
    for (const name of await readdir(folder))
      expect(await readFile(join(folder, name))).toEqual(await readFile(join(fixture, name)));
    await expect(convertCheckpoint(folder, join(cache, "converted"))).resolves.toBeDefined();
    files.length = 0;
    await writeFile(join(folder, "vocab.json"), "damaged");
    expect((await pullModel(fixture, { cache, onFile })).folder).toBe(folder);
    expect(files).toContain("vocab.json false");
    expect(files).toContain("model.safetensors true");
  });

  it("is refused, with the folder, where there are no weights", async () => {
    await writeFile(join(cache, "notes.txt"), "nothing");
    await expect(pullModel(cache)).rejects.toMatchObject({ code: "MODEL_MISSING", where: cache });
  });
});

function treeEntry(path: string, bytes: Buffer): object {
  const oid = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const lfs = { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length, pointerSize: 130 };
  return { type: "file", path, size: bytes.length, oid, ...(bytes.length > 1000 ? { lfs } : {}) };
}

function sendRange(response: ServerResponse, bytes: Buffer, range: string | undefined): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
  response.writeHead(from === undefined ? 200 : 206, {
    etag: '"etag"',
    "content-length": part.length,
    ...(from === undefined
      ? {}
      : { "content-range": `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}` }),
  });
  response.end(part);
}

const options = (): { hubUrl: string; cache: string; retryDelayMs: number } => ({
  hubUrl: hub.url,
  cache,
  retryDelayMs: 1,
});

describe("pullModel", () => {
  it("fetches a caption model, whose weights are Flax's alone", async () => {
    for (const name of ["model.safetensors", "pytorch_model.bin"]) hub.files.delete(name);
    hub.files.set("flax_model.msgpack", Buffer.alloc(2000, 7));
    hub.files.set("tf_model.h5", Buffer.from("not wanted"));
    const { folder } = await pullModel("owner/name", options());
    const names = await readdir(folder);
    expect(names).toContain("flax_model.msgpack");
    expect(names).toContain("config.json");
    expect(names).not.toContain("tf_model.h5");
  });

  it("fetches a checkpoint's files of the commit that a revision stands for, and they convert", async () => {
    const { folder, commit: found } = await pullModel("owner/name", { ...options(), revision: "v1" });
    expect(found).toBe(commit);
    expect(folder).toBe(join(cache, "owner/name", commit));
    expect((await readdir(folder)).sort()).toEqual((await readdir(fixture)).sort());
    for (const name of await readdir(fixture))
      expect(await readFile(join(folder, name))).toEqual(hub.files.get(name));
    await convertCheckpoint(folder, join(cache, "converted"));
  });

  it("keeps what is there already, and fetches a file anew that was changed on disk", async () => {
    const { folder } = await pullModel("owner/name", options());
    await writeFile(join(folder, "vocab.json"), "{}");
    hub.requests.length = 0;
    const fetched: string[] = [];
    await pullModel("owner/name", {
      ...options(),
      onFile: ({ path, cached }) => (cached ? 0 : fetched.push(path)),
    });
    expect(fetched).toEqual(["vocab.json"]);
    expect(
      hub.requests
        .filter(({ url }) => url.includes("/resolve/"))
        .every(({ url }) => url.endsWith("vocab.json")),
    ).toBe(true);
    expect(await readFile(join(folder, "vocab.json"))).toEqual(hub.files.get("vocab.json"));
  });

  it("goes on where a connection broke off", async () => {
    const weights = hub.files.get("model.safetensors") ?? Buffer.alloc(0);
    let broken = 0;
    hub.intercept = ({ url = "", headers }, response) => {
      if (!url.endsWith("model.safetensors") || headers.range === "bytes=0-0" || broken > 0) return false;
      broken += 1;
      response.writeHead(200, { "content-length": weights.length, etag: '"etag"' });
      response.write(weights.subarray(0, 10_000));
      // A connection that breaks at once may take along what was not read yet.
      const received = join(cache, "owner/name", commit, "model.safetensors.incomplete");
      const poll = setInterval(() => {
        if ((statSync(received, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
        clearInterval(poll);
        response.destroy();
      }, 5);
      return true;
    };
    const { folder } = await pullModel("owner/name", options());
    expect(broken).toBe(1);
    expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights);
    const ranges = hub.requests
      .filter(({ url }) => url.endsWith("model.safetensors"))
      .map(({ range }) => range);
    expect(ranges.at(-1)).toMatch(new RegExp(`^bytes=[1-9]\\d*-${weights.length - 1}$`));
  });

  it("throws away what does not fit its checksum, and says so", async () => {
    hub.intercept = ({ url = "", headers }, response) => {
      if (!url.endsWith("model.safetensors")) return false;
      const wrong = Buffer.from(hub.files.get("model.safetensors") ?? []);
      wrong[5000] = (wrong[5000] ?? 0) ^ 1;
      sendRange(response, wrong, headers.range);
      return true;
    };
    await expect(pullModel("owner/name", options())).rejects.toMatchObject({
      code: "MODEL_INVALID",
      where: "model.safetensors",
    });
    expect(await readdir(join(cache, "owner/name", commit))).not.toContain("model.safetensors.incomplete");
  });

  it("tries again when the hub is busy, and not when it refuses", async () => {
    let busy = 0;
    hub.intercept = ({ url = "" }, response) => {
      if (!url.includes("/tree/") || busy >= 2) return false;
      busy += 1;
      response.writeHead(503).end();
      return true;
    };
    await pullModel("owner/name", options());
    hub.requests.length = 0;
    await expect(pullModel("owner/other", options())).rejects.toMatchObject({
      code: "MODEL_MISSING",
      message: "the hub answers 404",
    });
    expect(hub.requests).toHaveLength(1);
  });

  it("sends the token, and never says it", async () => {
    const token = "hf_secret";
    await pullModel("owner/name", { ...options(), token });
    expect(hub.requests.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
    hub.intercept = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    const error = await pullModel("owner/name", { ...options(), token }).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "MODEL_MISSING" });
    expect(
      `${JSON.stringify(error)} ${(error as Error).message} ${(error as Error).stack ?? ""}`,
    ).not.toContain(token);
  });

  it.each(["name", "../name", "owner/..", "owner/name/more", ""])('refuses "%s" as a name', async (id) => {
    await expect(pullModel(id, options())).rejects.toMatchObject({ code: "USAGE" });
    expect(hub.requests).toEqual([]);
  });
});
