import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isErrno, PartFile, readImages, resolvePath, sha256, storeOf } from "@leyenda/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { type FaultyProxy, hasRadosgw, type S3Server, startFaultyProxy, startRadosgw } from "../src/index.js";

const installed = await hasRadosgw();
if (!installed) console.warn("radosgw is not installed: the tests of buckets are skipped");

let server: S3Server | undefined;
let proxy: FaultyProxy;
let disk: string;

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), "leyenda-stores-"));
  if (!installed) return;
  server = await startRadosgw();
  proxy = await startFaultyProxy(server);
  for (const [name, value] of Object.entries(server.env(proxy.endpoint))) vi.stubEnv(name, value);
  await server.makeBucket("stores");
}, 120_000);

afterAll(async () => {
  await rm(disk, { recursive: true, force: true });
  if (!installed) return;
  await proxy.close();
  await server?.close();
});

beforeEach(() => {
  if (installed) proxy.fault = { kind: "none" };
});

describe.each([
  { kind: "disk", rootOf: () => disk },
  { kind: "bucket", rootOf: () => "s3://stores/data" },
])("a $kind", ({ kind, rootOf }) => {
  const test = it.skipIf(kind === "bucket" && !installed);
  let folder: string;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    folder = join(rootOf(), `folder-${count}`);
    await storeOf(folder).prepare(folder);
  });

  test("gives back what was written, whole, by range and from front to back", async () => {
    // More than one part of an upload.
    const bytes = Buffer.alloc(40 << 20, "0123456789abcde");
    const file = await PartFile.named(folder, { temporary: "t.incomplete", final: (tag) => `f.${tag}` });
    for (let at = 0; at < bytes.length; at += 5 << 20) await file.write([bytes.subarray(at, at + (5 << 20))]);
    const { name, bytes: size, sha256: hash } = await file.publish();
    const path = join(folder, name);
    const store = storeOf(folder);
    expect([size, hash]).toEqual([bytes.length, sha256(bytes)]);
    expect(await store.size(path)).toBe(bytes.length);
    expect((await store.read(path))?.equals(bytes)).toBe(true);
    expect(Buffer.concat(await store.stream(path).toArray()).equals(bytes)).toBe(true);
    for (const sequential of [false, true]) {
      const images = await readImages(path, { sequential });
      for (const offset of [0, 7, (4 << 20) - 3, (16 << 20) + 1, bytes.length - 100]) {
        const range = await images.read({ offset, length: 100 });
        expect(Buffer.from(range).equals(bytes.subarray(offset, offset + 100))).toBe(true);
      }
      await expect(images.read({ offset: bytes.length - 50, length: 100 })).rejects.toThrow(
        "ends inside a picture",
      );
      await images.close();
    }
  });

  test("shows nothing of a file that is not finished, or was given up", async () => {
    const file = await PartFile.named(folder, { temporary: "t.incomplete", final: () => "final" });
    await file.write([Buffer.alloc(20 << 20)]);
    expect(await storeOf(folder).size(join(folder, "final"))).toBeNull();
    await file.discard();
    expect(await storeOf(folder).list(folder)).toEqual([]);
  });

  test("lets exactly one of many create a record", async () => {
    const path = join(folder, "record.json");
    const store = storeOf(folder);
    const won = await Promise.all(
      Array.from({ length: 16 }, (_, index) => store.createExclusive(path, `attempt ${index}`)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.read(path))?.toString()).toBe(`attempt ${won.indexOf(true)}`);
    expect(await store.createExclusive(path, "later")).toBe(false);
  });

  test("lists, walks, replaces and removes", async () => {
    const store = storeOf(folder);
    await store.prepare(join(folder, ".records"));
    await store.replace(join(folder, "a.json"), "1");
    await store.replace(join(folder, "a.json"), "22");
    await store.replace(join(folder, ".records", "b.json"), "3");
    expect((await store.list(folder)).sort()).toEqual([".records", "a.json"]);
    expect(await store.list(folder, "a.")).toEqual(["a.json"]);
    expect((await store.walk(folder)).sort((x, y) => (x.name < y.name ? -1 : 1))).toEqual([
      { name: ".records/b.json", size: 1 },
      { name: "a.json", size: 2 },
    ]);
    const before = await store.version(join(folder, "a.json"));
    await store.replace(join(folder, "a.json"), "four");
    expect(await store.version(join(folder, "a.json"))).not.toBe(before);
    await store.remove(folder);
    expect(await store.walk(folder)).toEqual([]);
  });

  test("tells absence alike, and does not take it for failure", async () => {
    const store = storeOf(folder);
    const path = join(folder, "nowhere");
    expect(await store.read(path)).toBeNull();
    expect(await store.size(path)).toBeNull();
    expect(await store.version(path)).toBeNull();
    expect(await store.list(path)).toEqual([]);
    expect(await store.walk(path)).toEqual([]);
    await store.remove(path);
    const missing = (error: unknown): boolean => isErrno(error, "ENOENT");
    await expect(store.open(path)).rejects.toSatisfy(missing);
    await expect(store.stream(path).toArray()).rejects.toSatisfy(missing);
  });
});

describe.skipIf(!installed)("a bucket that misbehaves", () => {
  const folder = "s3://stores/faults";

  it.each([500, 503] as const)("that answers %d for a while costs time, and nothing else", async (status) => {
    const store = storeOf(folder);
    proxy.fault = { kind: "status", status };
    const healed = setTimeout(() => (proxy.fault = { kind: "none" }), 3_000);
    const contents = Array.from({ length: 64 }, (_, index) => `content ${index}`);
    await Promise.all(
      contents.map((content, index) => store.replace(join(folder, `${status}-${index}`), content)),
    );
    clearTimeout(healed);
    const read = await Promise.all(
      contents.map((_, index) => store.read(join(folder, `${status}-${index}`))),
    );
    expect(read.map(String)).toEqual(contents);
  });

  it("whose bodies break off is asked again", async () => {
    const store = storeOf(folder);
    const bytes = Buffer.alloc(9 << 20, "cut");
    await store.replace(join(folder, "cut"), bytes);
    proxy.fault = { kind: "cut" };
    const before = proxy.faults;
    expect((await store.read(join(folder, "cut")))?.equals(bytes)).toBe(true);
    expect(Buffer.concat(await store.stream(join(folder, "cut")).toArray()).equals(bytes)).toBe(true);
    expect(proxy.faults).toBeGreaterThan(before);
  });

  it("that ignores conditions is refused before anything is committed to it", async () => {
    await server?.makeBucket("careless");
    proxy.fault = { kind: "unconditional" };
    const store = storeOf("s3://careless/data");
    await expect(store.prepare("s3://careless/data")).rejects.toThrow("ignores conditions");
    await expect(store.createExclusive("s3://careless/data/record.json", "{}")).rejects.toThrow(
      "ignores conditions",
    );
    expect(await store.walk("s3://careless")).toEqual([]);
  });

  it("that is not there, or not ours, is an error and no empty folder", async () => {
    await expect(storeOf("s3://nowhere/x").read("s3://nowhere/x")).rejects.toThrow();
    await expect(storeOf("s3://nowhere/x").prepare("s3://nowhere/x")).rejects.toThrow();
  });
});

describe("paths of buckets", () => {
  it("can be joined and resolved like those of a disk", () => {
    expect(resolvePath("/here", "s3://bucket/a")).toBe("s3://bucket/a");
    expect(resolvePath("s3://bucket/a", "b")).toBe("s3:/bucket/a/b");
    expect(storeOf(join("s3://bucket/a", "b"))).toBe(storeOf("s3://bucket/a/b"));
    expect(storeOf("/s3/bucket")).not.toBe(storeOf("s3://bucket/a"));
  });
});
