import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { sha256 } from "@leyenda/core";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type PlainRow, type PlainShards, writeFormats, writeSums } from "../../test/write-formats.js";
import { verifyDataset } from "./verify-dataset.js";

const formats = Object.keys(writeFormats);
const seeds = Array.from({ length: 13 }, (_, index) => index);

const rows: PlainRow[] = await Promise.all(
  seeds.map(async (seed) => ({
    key: `row${seed}`,
    caption: `una imagen, la ${seed}`,
    picture: await draw(seed),
  })),
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-verify-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Bars of brightness that look different for every seed. */
async function draw(seed: number): Promise<Buffer> {
  const [width, height] = [96, 64];
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const cell = Math.floor(x / 12) * 31 + Math.floor(y / 8) * 17 + seed * 101;
    data.fill((Math.abs(Math.sin(cell * 12.9898) * 43_758.5453) % 1) * 255, at * 3, at * 3 + 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

function shardsOf(train: readonly PlainRow[], validation: readonly PlainRow[]): PlainShards {
  return { train: [train.slice(0, 4), train.slice(4, 7), train.slice(7)], validation: [[...validation]] };
}

const whole = shardsOf(rows.slice(0, 10), rows.slice(10));

async function problems(): Promise<string> {
  const report = await verifyDataset(folder);
  expect(report.ok).toBe(report.problemCount === 0);
  return report.problems.map(({ check, where, message }) => `${check}: ${where}: ${message}`).join("\n");
}

async function dataFiles(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(arrow|parquet|tar|jpg)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function flip(name: string, at: (bytes: Buffer) => number): Promise<void> {
  const bytes = await readFile(join(folder, name));
  const place = at(bytes);
  bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  await writeFile(join(folder, name), bytes);
}

async function swap(a: string, b: string): Promise<void> {
  const spare = join(folder, "spare");
  await rename(join(folder, a), spare);
  await rename(join(folder, b), join(folder, a));
  await rename(spare, join(folder, b));
}

describe.each(formats)("verifyDataset of %s", (format) => {
  const write = async (shards: PlainShards): Promise<string[]> => {
    await writeFormats[format]?.(folder, shards);
    return dataFiles();
  };
  /** What a cut-off file is in a format whose rows are not in shards. */
  const tailOf = (name: string): string => (format === "imagefolder" ? "train/metadata.jsonl" : name);

  it("finds nothing wrong with what is right, and knows the format, rows and splits", async () => {
    await write(whole);
    const report = await verifyDataset(folder);
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      ok: true,
      format,
      checksums: null,
      rows: 13,
      splits: { train: 10, validation: 3 },
    });
    await writeSums(folder);
    expect(await verifyDataset(folder)).toMatchObject({ ok: true, checksums: "SHA256SUMS", rows: 13 });
  });

  it.each(["duplicated row", "row under a new key"])("names a %s", async (what) => {
    const [, second] = rows as [PlainRow, PlainRow];
    const copy = { ...second, ...(what === "duplicated row" ? {} : { key: "another" }) };
    await write(shardsOf([...rows.slice(0, 10), copy], rows.slice(10)));
    const found = await problems();
    expect(found).toMatch(/duplicate: .*, row \d+: the same picture and captions as in/);
    expect(found.includes("the same key")).toBe(what === "duplicated row");
  });

  it("names a leaked picture by its bytes, its key, and its look when it was saved again", async () => {
    const [first, second, third] = rows as [PlainRow, PlainRow, PlainRow];
    const again = await sharp(second.picture).resize(72, 48).jpeg({ quality: 60 }).toBuffer();
    const leaked = [
      { ...first, key: "a", caption: "otra" },
      { key: "b", caption: "otra más", picture: again },
      { key: third.key, caption: "y otra", picture: await draw(99) },
    ];
    await write(shardsOf(rows.slice(0, 10), leaked));
    const found = await problems();
    expect(found.match(/leak: /g)).toHaveLength(3);
    expect(found).toMatch(/leak: validation.*: the same stored picture as in .*train/);
    expect(found).toMatch(/leak: validation.*: it looks like the picture of .*train.*, another split/);
    expect(found).toMatch(/leak: validation.*: the same key as in .*train/);
    expect(await verifyDataset(folder, { nearBits: 0 })).toMatchObject({ problemCount: 2 });
  });

  it("names empty and broken captions", async () => {
    const [first, second, third, ...others] = rows.slice(0, 10) as [PlainRow, PlainRow, PlainRow];
    const broken = [
      { ...first, caption: "  " },
      { ...second, caption: "roto \uFFFD" },
      { ...third, caption: "un niÃ±o" },
    ];
    await write(shardsOf([...broken, ...others], rows.slice(10)));
    const report = await verifyDataset(folder);
    expect(report).toMatchObject({ problemCount: 2, warningCount: 1, counts: { caption: 3 } });
    const found = await problems();
    expect(found).toContain("row 0: caption is empty");
    expect(found).toContain("row 1: caption is not valid UTF-8");
    expect(found).toContain("row 2: caption looks like UTF-8 that was read as Latin-1");
  });

  it("says the same in threads, whatever is wrong", async () => {
    const [first, second, third] = rows as [PlainRow, PlainRow, PlainRow];
    const leaked = [first, { ...second, caption: "" }, { ...third, key: "c", picture: Buffer.from("no") }];
    const names = await write(shardsOf([...rows.slice(0, 10), second], [...rows.slice(10), ...leaked]));
    await writeSums(folder);
    await truncate(join(folder, tailOf(names[1] ?? "")), 900);
    const report = await verifyDataset(folder);
    expect(report.problemCount).toBeGreaterThan(5);
    for (const workers of [2, 5]) expect(await verifyDataset(folder, { workers })).toEqual(report);
  });

  it("names a picture that cannot be decoded, also without checksums", async () => {
    const [name = ""] = await write(whole);
    await flip(name, (bytes) => bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff])));
    expect(await problems()).toMatch(/(picture|files): .*(decoded|read)/);
  });

  it("names a flipped byte wherever it is, by the checksum", async () => {
    const [name = ""] = await write(whole);
    await writeSums(folder);
    await flip(name, (bytes) => bytes.length >> 1);
    expect(await problems()).toContain(`checksum: ${name}`);
  });

  it.each([true, false])("names a missing shard (with checksums: %s)", async (withSums) => {
    const names = await write(whole);
    if (withSums) await writeSums(folder);
    const [, second = ""] = names;
    await rm(join(folder, second));
    const found = await problems();
    // In an image folder the line of metadata.jsonl tells what is missing.
    expect(found).toContain(format === "imagefolder" ? second.replace("train/", "") : `files: ${second}`);
  });

  it("names a swapped pair of shards by their checksums; without them nothing tells", async () => {
    const [a = "", b = ""] = await write(whole);
    await swap(a, b);
    expect(await problems()).toBe("");
    await swap(a, b);
    await writeSums(folder);
    await swap(a, b);
    const found = await problems();
    expect(found).toContain(`checksum: ${a}`);
    expect(found).toContain(`checksum: ${b}`);
  });

  it.each([true, false])("names a truncated tail (with checksums: %s)", async (withSums) => {
    const [first = ""] = await write(whole);
    if (withSums) await writeSums(folder);
    const name = tailOf(first);
    const { length } = await readFile(join(folder, name));
    await truncate(join(folder, name), length - 7);
    expect(await problems()).toMatch(new RegExp(`(files|checksum): ${name}`));
  });
});

describe("verifyDataset of an image folder whose lines carry image_sha256", () => {
  it("names two pictures that changed places", async () => {
    await writeFormats.imagefolder?.(folder, whole);
    const metadata = join(folder, "train/metadata.jsonl");
    const lines = (await readFile(metadata, "utf8")).trim().split("\n");
    const signed = lines.map(async (line) => {
      const record = JSON.parse(line) as { file_name: string };
      const picture = await readFile(join(folder, "train", record.file_name));
      return `${JSON.stringify({ ...record, image_sha256: sha256(picture) })}\n`;
    });
    await writeFile(metadata, (await Promise.all(signed)).join(""));
    expect(await problems()).toBe("");
    const [a = "", b = ""] = await dataFiles();
    await swap(a, b);
    expect((await problems()).match(/another SHA-256 than image_sha256/g)).toHaveLength(2);
  });
});
