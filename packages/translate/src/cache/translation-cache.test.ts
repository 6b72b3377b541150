import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256 } from "@leyenda/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { CaptionTranslation } from "../translate-captions.js";
import { formatCacheLine, parseCacheLine } from "./cache-line.js";
import { LineIndex } from "./line-index.js";
import { TranslationCache } from "./translation-cache.js";

let folder: string;
const opened: TranslationCache[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-cache-"));
});
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options = {}): Promise<TranslationCache> {
  const cache = new TranslationCache(folder, options);
  opened.push(cache);
  await cache.refresh();
  return cache;
}

function saying(text: string, score = -0.1): CaptionTranslation {
  return {
    text,
    score,
    sourceTokens: 4,
    targetTokens: 5,
    truncated: false,
    unknown: 0,
    reachedMaxLength: false,
  };
}

async function onlyFile(): Promise<string> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0] ?? "");
}

describe("a line of the cache", () => {
  it("gives back any translation to the bit, and stays one line whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.double({ noNaN: true }), (text, score) => {
        fc.pre(Number.isFinite(score) && !Object.is(score, -0));
        const hash = sha256(text);
        const line = formatCacheLine(hash, saying(text, score));
        expect(line).not.toContain("\n");
        expect(parseCacheLine(line, hash)).toEqual(saying(text, score));
      }),
    );
  });

  it("is nothing when any byte of it is another, when it is cut, or when it is another caption's", () => {
    const hash = sha256("a dog");
    const line = formatCacheLine(hash, saying("un perro"));
    for (let at = 0; at < line.length; at++) {
      expect(parseCacheLine(line.slice(0, at), hash)).toBeNull();
      const other = line[at] === "5" ? "6" : "5";
      expect(parseCacheLine(line.slice(0, at) + other + line.slice(at + 1), hash)).toBeNull();
    }
    expect(parseCacheLine(line, sha256("a cat"))).toBeNull();
  });
});

describe("LineIndex", () => {
  it("finds all that was added, however much it has grown, and no more than its capacity", () => {
    const index = new LineIndex(10_000);
    const place = (number: number): { file: number; offset: number; length: number } => ({
      file: number % 7,
      offset: number * 1e6,
      length: number + 1,
    });
    for (let number = 0; number < 12_000; number++) index.add(sha256(String(number)), place(number));
    expect(index.size).toBe(10_000);
    for (let number = 0; number < 12_000; number++)
      expect(index.get(sha256(String(number)))).toEqual(number < 10_000 ? place(number) : null);
  });
});

describe("TranslationCache", () => {
  it("knows in a later process what was added in an earlier one, and what others add meanwhile", async () => {
    const first = await open();
    await first.add([
      ["a dog", saying("un perro")],
      ["a cat", saying("un gato")],
    ]);
    expect(await first.get("a dog")).toEqual(saying("un perro"));
    const second = await open();
    expect(await second.get("a cat")).toEqual(saying("un gato"));
    expect(await second.get("a house")).toBeNull();
    await first.add([["a house", saying("una casa")]]);
    await second.add([["a car", saying("un coche")]]);
    await second.refresh();
    await first.refresh();
    expect(await second.get("a house")).toEqual(saying("una casa"));
    expect(await first.get("a car")).toEqual(saying("un coche"));
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("passes over a line that was torn anywhere by the end of its process, and keeps those before", async () => {
    const cache = await open();
    await cache.add([
      ["a dog", saying("un perro")],
      ["a cat", saying("un gato")],
    ]);
    const path = await onlyFile();
    const whole = await readFile(path);
    const firstLine = whole.indexOf(10) + 1;
    for (let size = whole.length - 1; size >= firstLine; size -= 5) {
      await truncate(path, size);
      const later = await open();
      expect(await later.get("a dog")).toEqual(saying("un perro"));
      expect(await later.get("a cat")).toBeNull();
      await later.add([["a cat", saying("un gato")]]);
      expect(await later.get("a cat")).toEqual(saying("un gato"));
      for (const name of await readdir(folder)) if (join(folder, name) !== path) await rm(join(folder, name));
      await writeFile(path, whole);
    }
  });

  it("has nothing to do with damaged and foreign files, and reads lines longer than its buffer", async () => {
    const long = "ñ".repeat(700_000);
    const cache = await open();
    await cache.add([["long", saying(long)]]);
    await appendFile(await onlyFile(), Buffer.from([0, 0, 0, 10, 255, 10]));
    await writeFile(join(folder, "x.lines"), Buffer.alloc(5_000_000, 1));
    await writeFile(join(folder, "notes.txt"), "mine");
    const later = await open();
    expect((await later.get("long"))?.text).toBe(long);
  });
});
