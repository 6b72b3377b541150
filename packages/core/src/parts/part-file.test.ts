import { mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { sha256 } from "../hash/sha256.js";
import { BackgroundHash } from "./background-hash.js";
import { PartFile } from "./part-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-part-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Chunks of odd sizes that add up to some more than `bytes`. */
function chunksOf(bytes: number, seed: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let size = 0, number = seed; size < bytes; number += 1) {
    const chunk = Buffer.alloc(1 + ((number * 7919) % 300_000), number);
    chunks.push(chunk);
    size += chunk.length;
  }
  return chunks;
}

it("a small file needs no thread", async () => {
  const file = await PartFile.create(join(folder, "small"));
  await file.write([Buffer.from("a"), Buffer.from("b")]);
  expect(await file.close()).toEqual({ bytes: 2, sha256: sha256(Buffer.from("ab")) });
  expect(BackgroundHash.isRunning).toBe(false);
});

it("files of many sizes, written side by side without waiting, have the SHA-256 of what is in them", async () => {
  const sizes = [0, 1, 900_000, 1 << 20, 7 << 20, 8 << 20, 40 << 20, 3 << 20];
  const made = await Promise.all(
    sizes.map(async (size, index) => {
      const chunks = chunksOf(size, index);
      const path = join(folder, String(index));
      const file = await PartFile.create(path);
      for (let at = 0; at < chunks.length; at += 24)
        await Promise.all(
          [0, 8, 16].map((from) =>
            file.write(chunks.slice(at, at + 24).slice(from, from + 8), { blocking: index % 2 === from % 3 }),
          ),
        );
      return { entry: await file.close(), bytes: Buffer.concat(chunks), path };
    }),
  );
  expect(BackgroundHash.isRunning).toBe(true);
  for (const { entry, bytes, path } of made) {
    expect(entry).toEqual({ bytes: bytes.length, sha256: sha256(bytes) });
    expect((await readFile(path)).equals(bytes)).toBe(true);
  }
});

it.each([true, false])("memory may be used again after a write, blocking or not: %s", async (blocking) => {
  const path = join(folder, `used again ${blocking}`);
  const file = await PartFile.create(path);
  const memory = Buffer.alloc(100_000);
  for (let turn = 1; turn <= 100; turn += 1) await file.write([memory.fill(turn)], { blocking });
  await file.close();
  const written = await readFile(path);
  expect(written.every((byte, at) => byte === 1 + Math.floor(at / memory.length))).toBe(true);
});

it("of a large file with digests, the digests stay what is hashed", async () => {
  const file = await PartFile.create(join(folder, "digests"));
  const pictures = chunksOf(20 << 20, 3);
  const digests = pictures.map((picture) => sha256(picture));
  for (const [index, picture] of pictures.entries())
    await file.write([picture], { digests: new Map([[picture, digests[index] ?? ""]]) });
  expect(await file.close()).toMatchObject({
    sha256: sha256(Buffer.from(digests.join(""))),
    sha256Of: "digests",
  });
});

it("a file that cannot be read back fails to close", async () => {
  const path = join(folder, "cut");
  const file = await PartFile.create(path);
  for (const chunk of chunksOf(12 << 20, 1)) await file.write([chunk]);
  await truncate(path, 1000);
  await expect(file.close()).rejects.toThrow("the file that is hashed ends at byte");
  await file.discard();
});

it("a large file that is given up is closed, and the next one is hashed", async () => {
  const open = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
  const before = await open();
  const given = await PartFile.create(join(folder, "given up"));
  const chunks = chunksOf(12 << 20, 1);
  await given.write(chunks);
  await given.discard();
  expect(await open()).toBe(before);
  const file = await PartFile.create(join(folder, "next"));
  await file.write(chunks);
  expect((await file.close()).sha256).toBe(sha256(Buffer.concat(chunks)));
});
