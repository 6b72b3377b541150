import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readExclusions } from "./read-exclusions.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-exclude-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function list(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const sha = "AB".repeat(32);
const key = "cd".repeat(16);

describe("readExclusions", () => {
  it("tells URLs, SHA-256 hashes, keys and DCT hashes apart, whatever the line endings", async () => {
    const path = await list(
      "a.txt",
      `# COCO val\r\n\r\nHTTP://Example.com/a b.jpg#top\n` + `${sha}\n  ${key}\n0123456789abcdef`,
    );
    const { urls, keys, bodies, hashes } = await readExclusions([path]);
    expect([...urls]).toContain("http://example.com/a%20b.jpg");
    expect([...keys]).toEqual([key]);
    expect([...bodies]).toEqual([sha.toLowerCase()]);
    expect([...hashes.high, ...hashes.low]).toEqual([0x01234567, 0x89abcdef]);
  });

  it("has one digest for the same entries in other files, order and letter case", async () => {
    const one = await readExclusions([await list("a", `${sha}\n${key}\n`)]);
    const other = await readExclusions([
      await list("b", `# keys\n${key.toUpperCase()}\n`),
      await list("c", `${sha}\n${sha}\n`),
    ]);
    expect(other.digest).toBe(one.digest);
    expect((await readExclusions([await list("d", `${sha}\n`)])).digest).not.toBe(one.digest);
  });

  it("names file and line of what it cannot read", async () => {
    const path = await list("bad.txt", `${key}\n\nabc123\n`);
    await expect(readExclusions([path])).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: `${path}:3`,
    });
    await expect(readExclusions([join(folder, "none")])).rejects.toMatchObject({ code: "SOURCE_MISSING" });
  });
});
