import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { parquetWriteFile } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { brief, readList, readParts, sourceOptions } from "../../test/support/read-list.js";
import {
  encodeList,
  listFormats,
  listPackings,
  listRow,
  pack,
  writeList,
} from "../../test/support/write-list.js";
import { loadSourcePlan } from "./load-source-plan.js";

let folder: string;
let stage: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-formats-"));
  stage = join(folder, "fetched");
  await mkdir(stage);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function rowsFrom(start: number, count: number): { url: string; caption: string }[] {
  return Array.from({ length: count }, (_, index) => listRow(start + index));
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).map((cell) => `x${cell}x`);

describe("lists of every format and packing", () => {
  const cases = listFormats.flatMap((format) =>
    listPackings
      .filter((packing) => format !== "parquet" || packing === "")
      .map((packing) => [format, packing] as const),
  );

  it.each(cases)("%s%s: rows in order, exact, and more of them only add parts", async (format, packing) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ url: text, caption: text }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (drawn, rowsPerPart, partsFirst) => {
          // What a format cannot hold does not belong into its list.
          const rows = drawn.map(({ url, caption }) => ({
            url: `http://a/${encodeURIComponent(url)}`,
            caption: format === "tsv" ? caption.replace(/[\t\r\n]/g, " ") : caption,
          }));
          const path = join(folder, `list-${run++}.${format}${packing}`);
          await writeList(path, format, packing, rows);
          const all = await loadSourcePlan(sourceOptions({ path, rowsPerPart }), stage);
          const few = await loadSourcePlan(
            sourceOptions({ path, rowsPerPart, maxRows: rowsPerPart * partsFirst }),
            stage,
          );
          expect(few).toEqual(all.slice(0, partsFirst));
          const read = await readParts(all);
          expect(read.map((part) => part.length)).toEqual(all.map((part) => part.rows));
          expect(read.slice(0, -1).every((part) => part.length === rowsPerPart)).toBe(true);
          expect(brief(read.flat())).toEqual(
            rows.map(({ url, caption }) => [url, format === "txt" ? "" : caption]),
          );
          expect(read.flat().map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1));
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each(cases)(
    "%s%s: is recognised by its content under a name that says nothing",
    async (format, packing) => {
      const path = join(folder, "list");
      const rows = rowsFrom(0, 20);
      await writeList(path, format, packing, rows);
      expect(brief(await readList({ path }, stage))).toEqual(
        rows.map(({ url, caption }) => [url, format === "txt" ? "" : caption]),
      );
    },
  );

  it("files of several packed pieces are read to their end", async () => {
    const [first, second] = [rowsFrom(0, 50), rowsFrom(50, 50)];
    for (const packing of [".gz", ".zst"] as const) {
      const path = join(folder, `list.tsv${packing}`);
      await writeFile(
        path,
        Buffer.concat([first, second].map((rows) => pack(encodeList("tsv", rows), packing))),
      );
      expect(brief(await readList({ path }, stage))).toEqual(
        [...first, ...second].map(({ url, caption }) => [url, caption]),
      );
    }
  });

  it("packed lists are unpacked once, and nothing unfinished is left", async () => {
    const path = join(folder, "list.tsv.gz");
    await writeList(path, "tsv", ".gz", rowsFrom(0, 20));
    await readList({ path, rowsPerPart: 5 }, stage);
    const before = await readdir(join(stage, "source"));
    await readList({ path, rowsPerPart: 10 }, stage);
    expect(await readdir(join(stage, "source"))).toEqual(before);
    expect(before).toHaveLength(1);
    expect(before[0]).toMatch(/-list\.tsv$/);
  });
});

describe("several files", () => {
  it("are read in natural order, in parts that span them, whatever their formats", async () => {
    const lists = join(folder, "lists");
    await mkdir(lists);
    let start = 0;
    for (const number of Array.from({ length: 12 }, (_, index) => index + 1)) {
      const format = listFormats[number % 3] ?? "tsv";
      await writeList(
        join(lists, `part${number}.${format}`),
        format,
        number % 2 ? ".gz" : "",
        rowsFrom(start, 7),
      );
      start += 7;
    }
    await writeFile(join(lists, "README.md"), "about the list");
    await writeFile(join(lists, "_SUCCESS.txt"), "");
    const expected = rowsFrom(0, 84).map(({ url, caption }) => [url, caption]);
    for (const path of [lists, join(lists, "part*"), join(lists, "part{?,??}.*")]) {
      const parts = await loadSourcePlan(sourceOptions({ path, rowsPerPart: 10 }), stage);
      expect(parts.map(({ rows }) => rows)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 4]);
      expect(brief((await readParts(parts)).flat())).toEqual(expected);
    }
  });

  it("beyond the last row wanted are not opened", async () => {
    await writeList(join(folder, "part1.tsv"), "tsv", "", rowsFrom(0, 10));
    await writeFile(join(folder, "part2.tsv.gz"), "no gzip at all");
    const path = join(folder, "part*");
    expect(await readList({ path, rowsPerPart: 5, maxRows: 10 }, stage)).toHaveLength(10);
    await expect(readList({ path, rowsPerPart: 5 }, stage)).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: expect.stringContaining("part2.tsv.gz") as string,
    });
  });

  it("that come or go make another plan", async () => {
    await writeList(join(folder, "part1.tsv"), "tsv", "", rowsFrom(0, 10));
    const path = join(folder, "part*.tsv");
    expect(await readList({ path }, stage)).toHaveLength(10);
    await writeList(join(folder, "part2.tsv"), "tsv", "", rowsFrom(10, 10));
    expect(await readList({ path }, stage)).toHaveLength(20);
  });
});

describe("columns", () => {
  const table = "id,image_url,TEXT,width\n7,http://a/1.jpg,one,10\n8,http://a/2.jpg,two,20\n";

  it("are found by usual names, or told by name, and further ones are carried through as JSON", async () => {
    const path = join(folder, "list.csv");
    await writeFile(path, table);
    const pairs = [
      ["http://a/1.jpg", "one"],
      ["http://a/2.jpg", "two"],
    ];
    expect(brief(await readList({ path }, stage))).toEqual(pairs);
    const named = { path, columns: { url: "image_url", caption: "TEXT" } };
    expect(brief(await readList(named, stage))).toEqual(pairs);
    const chosen = await readList({ ...named, extraColumns: ["width"] }, stage);
    expect(chosen.map((row) => row.ok && row.extra)).toEqual(['{"width":"10"}', '{"width":"20"}']);
    const all = await readList({ ...named, extraColumns: "all" }, stage);
    expect(all[0]).toMatchObject({ row: 1, line: 2, extra: '{"id":"7","width":"10"}' });
  });

  it("of a list without header are named in order, further ones among them", async () => {
    const path = join(folder, "list.tsv");
    await writeFile(path, "1\tone\thttp://a/1.jpg\n");
    const rows = await readList({ path, columns: ["id", "caption", "url"], extraColumns: ["id"] }, stage);
    expect(rows).toMatchObject([{ url: "http://a/1.jpg", caption: "one", extra: '{"id":"1"}' }]);
  });

  it("of JSON lines and Parquet keep their types", async () => {
    const expected = { id: 7, tags: ["a", "b"], score: 0.5, none: null };
    const jsonl = join(folder, "list.jsonl");
    await writeFile(jsonl, `${JSON.stringify({ url: "http://a/1.jpg", caption: "one", ...expected })}\n`);
    const parquet = join(folder, "list.parquet");
    parquetWriteFile({
      filename: parquet,
      columnData: [
        { name: "url", data: ["http://a/1.jpg"], type: "STRING" },
        { name: "caption", data: ["one"], type: "STRING" },
        { name: "id", data: [7n], type: "INT64" },
        { name: "tags", data: [["a", "b"]], type: "JSON" },
        { name: "score", data: [0.5], type: "DOUBLE" },
        { name: "none", data: [null], type: "STRING", nullable: true },
      ],
    });
    for (const path of [jsonl, parquet]) {
      const [row] = await readList({ path, extraColumns: "all" }, stage);
      expect(row?.ok === true && JSON.parse(row.extra ?? "")).toEqual(expected);
      const [some] = await readList({ path, extraColumns: ["score"] }, stage);
      expect(some).toMatchObject({ extra: '{"score":0.5}' });
    }
  });

  it("that are not there are refused with those that are", async () => {
    const path = join(folder, "list.csv");
    await writeFile(path, table);
    const refused = (options: object): Promise<unknown> =>
      readList({ path, ...options }, stage).catch((e: unknown) => e);
    expect(await refused({ columns: { url: "URL", caption: "TEXT" }, header: true })).toMatchObject({
      code: "SOURCE_INVALID",
      message: 'there is no column "URL"',
      expected: "one of its columns: id, image_url, TEXT, width",
    });
    expect(await refused({ extraColumns: ["height"] })).toMatchObject({
      message: 'there is no column "height"',
    });
    await writeFile(path, "http://a/1.jpg\nhttp://a/2.jpg\n");
    expect(await refused({ format: "txt", extraColumns: ["height"] })).toMatchObject({
      message: 'there is no column "height"',
      expected: "one of its columns: url",
    });
    await writeFile(path, "a,b,c\nd,e,f\n");
    expect(await refused({})).toMatchObject({ code: "SOURCE_INVALID", where: `${path}:1` });
  });

  it("quoted in TSV are unwrapped on request", async () => {
    const path = join(folder, "list.tsv");
    await writeFile(path, 'http://a/1.jpg\t"a ""dog""\tin\nthe sun"\n');
    expect(brief(await readList({ path, quotes: true, columns: ["url", "caption"] }, stage))).toEqual([
      ["http://a/1.jpg", 'a "dog"\tin\nthe sun'],
    ]);
  });
});

describe("files that are no lists", () => {
  const gzip = pack(encodeList("tsv", rowsFrom(0, 5000)), ".gz");
  const zst = pack(encodeList("tsv", rowsFrom(0, 5000)), ".zst");
  const parquet = encodeList("parquet", rowsFrom(0, 100));
  it.each([
    ["a web page", "list.tsv", "\n<!DOCTYPE html>\n<html>", /byte 0/, /web page/],
    ["a JSON array", "list.json", '[{"url": "http://a/1.jpg"}]', /byte 0/, /JSON array/],
    ["UTF-16", "list.tsv", "\uFEFFhttp://a\tb\n", /byte 0/, /UTF-16/],
    ["a ZIP archive", "list.csv", "PK\u0003\u0004rest", /byte 0/, /ZIP/],
    ["binary data", "list.tsv", "http://a/1.jpg\tone\u0000two\n", /byte 18/, /binary/],
    ["prose", "list.tsv", "Dear reader,\nthis is a letter.\n", /list\.tsv:1/, /columns/],
    ["prose under no name", "list", "Dear reader\nthis is a letter.\n", /list:1/, /no list of rows/],
    ["rows of other widths", "list.csv", "url,caption\na\nb\nc,d,e\n", /list\.csv:1/, /first 3 rows/],
    ["a gzip file cut off", "list.tsv.gz", gzip.subarray(0, 60_000), /before byte \d+/, /gzip/],
    ["a damaged gzip file", "list.tsv.gz", damaged(gzip), /before byte \d+/, /gzip/],
    ["a zstd file cut off", "list.tsv.zst", zst.subarray(0, 60_000), /before byte \d+/, /zstd/],
    ["a Parquet file cut off", "list.parquet", parquet.subarray(0, 3000), /list\.parquet/, /Parquet/],
  ])("%s is refused, saying where", async (_, name, content, where, message) => {
    const path = join(folder, name);
    const bytes =
      typeof content === "string"
        ? Buffer.from(content, name === "list.tsv" && content.startsWith("\uFEFF") ? "utf16le" : "utf8")
        : content;
    await writeFile(path, bytes);
    await expect(readList({ path }, stage)).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: expect.stringMatching(where) as string,
      message: expect.stringMatching(message) as string,
    });
    const left = await readdir(join(stage, "source")).catch(() => []);
    expect(left.filter((each) => each.endsWith(".incomplete"))).toEqual([]);
  });

  function damaged(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    copy.fill(0xff, 30_000, 30_100);
    return copy;
  }
});
