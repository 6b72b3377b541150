import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { pushDataset, type PushOptions } from "@leyenda/shards";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  killGroup,
  type LocalHub,
  makeDatasetFolder,
  type Repository,
  runLeyenda,
  serveHub,
  startLeyenda,
} from "../src/index.js";

const token = "hf_secret";
const repo = "owner/name";

let folder: string;
let hub: LocalHub;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-push-"));
  // Some shards go whole, some in parts.
  await makeDatasetFolder(folder, { train: 5, validation: 1, bytes: 99_998 });
  hub = await serveHub();
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

function push(options: PushOptions = {}): ReturnType<typeof pushDataset> {
  return pushDataset(folder, repo, { hubUrl: hub.url, token, retryDelayMs: 1, ...options });
}

function repository(): Repository {
  const found = hub.repositories.get(repo);
  if (found === undefined) throw new Error("there is no repository");
  return found;
}

/** Commits after the one that a new repository begins with. */
function commits(branch = "main"): string[] {
  return (repository().branches.get(branch) ?? []).slice(1).map(({ title }) => title);
}

const published = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => !name.startsWith(".") && !name.endsWith(".incomplete")).sort();

/** That the branch holds every file of the folder, byte for byte. */
async function expectPublished(branch = "main"): Promise<void> {
  const files = repository().head(branch)?.files ?? new Map<string, Buffer>();
  expect([...files.keys()].sort()).toEqual([".gitattributes", ...(await published())].sort());
  for (const name of await published())
    expect((await readFile(join(folder, name))).equals(files.get(name) ?? Buffer.alloc(0)), name).toBe(true);
}

const uploads = (): string[] => hub.requests.filter((request) => request.startsWith("PUT "));

describe("pushDataset", () => {
  it("makes the repository and publishes the folder in one commit, without hidden and unfinished files", async () => {
    const sent: string[] = [];
    const result = await push({ onUpload: ({ path }) => sent.push(path) });
    await expectPublished();
    expect(commits()).toEqual([expect.stringMatching(/^made: 60 rows, root hash [0-9a-f]{12}$/)]);
    expect(result).toMatchObject({ created: true, uploaded: await published(), unchanged: [], removed: [] });
    expect(result.commit).toBe(repository().head("main")?.sha);
    expect(new Set(sent)).toEqual(new Set((await published()).filter((name) => name.endsWith(".arrow"))));
    expect(repository().visibility).toBe("public");
  });

  it("finds nothing to do the second time, and makes no commit", async () => {
    const first = await push();
    hub.requests.length = 0;
    const second = await push();
    expect(second).toMatchObject({ commit: first.commit, created: false, uploaded: [], bytes: 0 });
    expect(second.unchanged).toEqual(await published());
    expect(hub.requests.every((request) => request.startsWith("GET "))).toBe(true);
    expect(commits()).toHaveLength(1);
  });

  it("sends only what changed, takes away shards of another division, and leaves foreign files", async () => {
    await push();
    const foreign = ["LICENSE", "data/train-00000-of-00009.parquet"].map(
      (path) => ({ key: "file", value: { path, content: "aGk=", encoding: "base64" } }) as const,
    );
    repository().commit("main", [{ key: "header", value: { summary: "by hand" } }, ...foreign]);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await makeDatasetFolder(folder, { train: 2, validation: 1, bytes: 1_000 });
    hub.requests.length = 0;
    const result = await push();
    expect(result.removed).toEqual([0, 1, 2, 3, 4].map((n) => `train-0000${n}-of-00005.arrow`));
    expect(result.unchanged).toEqual(["README.md", "dataset_info.json"]);
    expect(uploads()).toHaveLength(3);
    expect([...(repository().head("main")?.files.keys() ?? [])].sort()).toEqual(
      [".gitattributes", "LICENSE", "data/train-00000-of-00009.parquet", ...(await published())].sort(),
    );
  });

  it("says what it would do with a dry run, and changes nothing", async () => {
    const planned = await push({ dryRun: true });
    expect(planned).toMatchObject({ commit: null, created: true, uploaded: await published(), removed: [] });
    expect(planned.bytes).toBeGreaterThan(600_000);
    expect(hub.repositories.size).toBe(0);
    await push();
    await writeFile(join(folder, "README.md"), "# Another card\n");
    expect(await push({ dryRun: true })).toMatchObject({ created: false, uploaded: ["README.md"] });
    expect(commits()).toHaveLength(1);
    expect(hub.requests.filter((request) => request.includes("/commit/"))).toHaveLength(1);
  });

  it("publishes to a branch, which it makes, and to a private repository", async () => {
    await push({ revision: "v2/new", private: true });
    expect(repository().visibility).toBe("private");
    expect(commits()).toEqual([]);
    await expectPublished("v2/new");
  });

  it("goes on after a busy hub and broken connections, with one commit and no upload twice", async () => {
    const faults = new Map<string, number>();
    const done = new Set<string>();
    hub.intercept = ({ method, url = "", socket }, response) => {
      const key = `${method ?? ""} ${url}`;
      const count = (faults.get(key) ?? 0) + 1;
      faults.set(key, count);
      if (url.includes("/commit/") || url.endsWith("/create")) return false;
      if (count === 1) socket.destroy();
      else if (count === 2) response.writeHead(503, { "retry-after": "0" }).end();
      else {
        if (method === "PUT") expect(done.has(url)).toBe(false);
        done.add(url);
        return false;
      }
      return true;
    };
    await push();
    expect(commits()).toHaveLength(1);
    await expectPublished();
  });

  it("makes no second commit when the answer to the first is lost", async () => {
    let lost = 0;
    hub.afterCommit = () => ++lost === 1;
    const result = await push();
    expect(lost).toBe(1);
    expect(commits()).toHaveLength(1);
    expect(result.commit).toBe(repository().head("main")?.sha);
    expect(result.uploaded).toEqual(await published());
    await expectPublished();
  });

  it("keeps what was uploaded when it fails, and sends the rest the next time", async () => {
    let puts = 0;
    hub.intercept = ({ method }, response) => {
      if (method !== "PUT" || ++puts <= 3) return false;
      // Not before one has arrived: what is under way ends with the failure.
      const refuse = (): void => {
        if (repository().objects.size > 0) response.writeHead(400).end();
        else setTimeout(refuse, 5);
      };
      refuse();
      return true;
    };
    await expect(push()).rejects.toMatchObject({ code: "HUB", message: "the hub answers 400" });
    expect(commits()).toEqual([]);
    const kept = repository().objects.size;
    expect(kept).toBeGreaterThan(0);
    hub.intercept = () => false;
    hub.requests.length = 0;
    await push();
    const oids = uploads().map((request) => /[0-9a-f]{64}/.exec(request)?.[0]);
    expect(new Set(oids).size).toBe(6 - kept);
    await expectPublished();
  });

  it("stops with a clear error when the branch gets another commit meanwhile", async () => {
    await push();
    await writeFile(join(folder, "README.md"), "# Another card\n");
    hub.intercept = ({ url = "" }) => {
      if (url.includes("/commit/"))
        repository().commit("main", [{ key: "header", value: { summary: "theirs" } }]);
      return false;
    };
    await expect(push()).rejects.toMatchObject({ code: "DATA_MISMATCH" });
    expect(commits()).toHaveLength(2);
    hub.intercept = () => false;
    await push();
    await expectPublished();
  });

  it.each([
    [
      "a flipped byte",
      (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === 50 ? byte ^ 1 : byte))),
    ],
    ["a missing end", (bytes: Buffer) => bytes.subarray(0, -1)],
  ])("publishes nothing of a dataset with %s", async (_, damage) => {
    const path = join(folder, "train-00003-of-00005.arrow");
    await writeFile(path, damage(await readFile(path)));
    await expect(push()).rejects.toMatchObject({ code: "DATA_CORRUPT", where: path });
    expect(hub.repositories.size).toBe(0);
  });

  it("refuses a folder without a manifest, and names that are none", async () => {
    await rm(join(folder, "manifest.json"));
    await expect(push()).rejects.toMatchObject({ code: "DATA_MISSING" });
    for (const name of ["name", "../name", "owner/name/more", "https://huggingface.co/owner/name"])
      await expect(pushDataset(folder, name, { hubUrl: hub.url })).rejects.toMatchObject({ code: "USAGE" });
    expect(hub.requests).toEqual([]);
  });

  it("sends the token to the hub's own interface only, and says neither it nor a signed address", async () => {
    await push();
    for (const { path, authorization } of hub.authorizations)
      expect(authorization).toBe(path.startsWith("/storage/") ? undefined : `Bearer ${token}`);
    await writeFile(join(folder, "train-00000-of-00005.arrow"), "");
    await makeDatasetFolder(folder, { train: 5, validation: 1, bytes: 500 });
    hub.intercept = ({ method }, response) => {
      if (method === "PUT") response.writeHead(422).end();
      return method === "PUT";
    };
    const error = await push().catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "HUB" });
    const { message, stack = "", cause } = error as Error;
    expect(`${JSON.stringify(error)}${message}${stack}${String(cause)}`).not.toMatch(/hf_secret|signature/);
  });

  it("asks for a token when the hub wants one", async () => {
    await expect(pushDataset(folder, repo, { hubUrl: hub.url })).rejects.toMatchObject({
      code: "HUB",
      hint: expect.stringContaining("HF_TOKEN") as string,
    });
  });

  it("stops at its signal before the commit", async () => {
    const aborter = new AbortController();
    await expect(
      push({
        signal: aborter.signal,
        onUpload: () => {
          aborter.abort();
        },
      }),
    ).rejects.toMatchObject({ name: "AbortError" });
    expect(commits()).toEqual([]);
  });
});

describe("leyenda push, killed at a random moment", () => {
  const args = (): string[] => ["push", "sample", repo, "--from", folder, "--json"];
  const env = (): NodeJS.ProcessEnv => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token });

  it("is completed by the next run with one commit, ten times out of ten", async () => {
    const reference = await runLeyenda(args(), env());
    expect(reference.code, reference.stderr).toBe(0);
    const requests = hub.requests.length;
    for (let round = 0; round < 10; round++) {
      await hub.close();
      hub = await serveHub();
      // At a moment between the first request and the answer to the last.
      const fatal = 1 + Math.floor(Math.random() * requests);
      const { child, ended } = startLeyenda(args(), env());
      hub.intercept = async () => {
        if (hub.requests.length === fatal) killGroup(child);
        // The killed process is gone before its request is answered, or only after.
        if (hub.requests.length === fatal && round % 2 === 0) await sleep(50);
        return false;
      };
      expect((await ended).code, `killed at request ${fatal} of ${requests}`).toBe("SIGKILL");
      hub.intercept = () => false;
      const before = hub.repositories.get(repo)?.head("main")?.files.size ?? 1;
      // All of it or nothing is seen.
      expect([1, (await published()).length + 1]).toContain(before);
      const rerun = await runLeyenda(args(), env());
      expect(rerun.code, rerun.stderr).toBe(0);
      expect(commits(), `killed at request ${fatal} of ${requests}`).toHaveLength(1);
      await expectPublished();
      expect(rerun.stdout + rerun.stderr).not.toContain(token);
    }
  });
});
