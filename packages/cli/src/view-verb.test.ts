import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hashJson } from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCli } from "./run-cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-view-verb-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeManifest(): Promise<void> {
  const hash = hashJson(null);
  const counts = { rows: 0, outcomes: {}, parts: [], options: {}, summary: {} };
  const manifest = { stage: "shards", dataset: "empty", configHash: hash, inputHash: hash, hash, ...counts };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}

/** Runs the verb until its page has been asked for, and sends the signal then. */
async function view(...args: string[]): Promise<{ code: number; err: string; page: string; url: string }> {
  let [url, err, page] = ["", "", ""];
  let interrupt: (() => void) | undefined;
  const code = await runCli(["view", ...args], {
    out: (text) => (url += text),
    err: (text) => (err += text),
    isTerminal: false,
    columns: 80,
    cwd: folder,
    env: {},
    now: () => 0,
    onSignal: (listener) => {
      interrupt = () => {
        listener("SIGINT");
      };
      void fetch(url.trim().replace("0.0.0.0", "127.0.0.1"))
        .then((response) => response.text())
        .then((text) => {
          page = text;
        })
        .finally(interrupt);
      return () => undefined;
    },
  });
  return { code, err, page, url: url.trim() };
}

describe("leyenda view", () => {
  it("serves a page at the loopback until Ctrl-C, and leaves nothing behind", async () => {
    await writeManifest();
    const { code, err, page, url } = await view(".", "--port", "0");
    expect(code).toBe(0);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(page).toContain("<title>Leyenda</title>");
    expect(err).not.toContain("password");
    await expect(fetch(url)).rejects.toThrow();
  });

  it("warns when others can reach it", async () => {
    await writeManifest();
    const { code, err, page } = await view(".", "--port", "0", "--host", "0.0.0.0");
    expect(code).toBe(0);
    expect(page).toContain("<title>Leyenda</title>");
    expect(err).toContain("there is no password");
  });

  it("names what is no dataset, and ports that are none", async () => {
    expect(await view("nothing")).toMatchObject({
      code: 1,
      err: expect.stringContaining("nothing") as string,
    });
    expect(await view(".", "--port", "http")).toMatchObject({ code: 2 });
  });
});
