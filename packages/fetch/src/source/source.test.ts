import { appendFile, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { brief, readList, readParts, sourceOptions } from "../../test/support/read-list.js";
import { loadSourcePlan } from "./load-source-plan.js";

const columns = ["url", "caption"];

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-source-"));
  path = join(folder, "list.tsv");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cell = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .map((text) => `x${text.replace(/[\t\r\n]/g, " ")}x`);

/** Cells with everything that CSV is feared for, often. */
const hardCell = fc
  .array(fc.constantFrom('"', ",", "\n", "\r\n", "\t", "a", "é", " ", "漢"), { maxLength: 12 })
  .map((characters) => `x${characters.join("")}x`);

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

describe("a list of rows", () => {
  it("comes back whole and in order, whatever the size of the parts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        fc.constantFrom("\n", "\r\n"),
        async (rows, rowsPerPart, lastNewline, newline) => {
          const text = rows.map((cells) => cells.join("\t")).join(newline) + (lastNewline ? newline : "");
          await writeFile(path, text);
          await rm(join(folder, "source.json"), { force: true });
          const parts = await loadSourcePlan(
            sourceOptions({ path, columns, rowsPerPart, format: "tsv" }),
            folder,
          );
          const read = await readParts(parts);
          expect(read.slice(0, -1).every((part) => part.length === rowsPerPart)).toBe(true);
          expect(read.flat()).toEqual(
            rows.map(([url, caption], index) => ({
              row: index + 1,
              file: path,
              line: index + 1,
              ok: true,
              url,
              caption,
              extra: null,
            })),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it("in CSV comes back as csv-parse reads it, with quotes, newlines and delimiters within cells", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(hardCell, hardCell, fc.boolean()), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, rowsPerPart, newline) => {
          const text = rows
            .map(([url, caption, bare]) =>
              [bare && !/[",\r\n]/.test(url) ? url : quoted(url), quoted(caption)].join(","),
            )
            .join(newline);
          await writeFile(path, text);
          await rm(join(folder, "source.json"), { force: true });
          const parts = await loadSourcePlan(
            sourceOptions({ path, columns, rowsPerPart, format: "csv" }),
            folder,
          );
          const read = (await readParts(parts)).flat();
          const oracle: string[][] = parse(text, { record_delimiter: newline });
          expect(brief(read)).toEqual(oracle);
          const lines = text.split("\n");
          for (const row of read) {
            expect(row.ok && lines[row.line - 1]).toContain(
              row.ok ? row.url.split(/\r?\n/)[0]?.slice(0, 1) : "",
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps records that are no rows aside, with their line number and what is wrong", async () => {
    await writeFile(
      path,
      Buffer.concat([
        Buffer.from("\uFEFFhttp://a/1.jpg\tone\n"),
        Buffer.from("no tab here\n"),
        Buffer.from([0x68, 0xff, 0xfe, 0x09, 0x78, 0x0a]),
        Buffer.from("http://a/2.jpg\ttwo\tthree\n"),
        Buffer.from("\n"),
        Buffer.from("http://a/3.jpg\t  \n"),
        Buffer.from(`http://a/4.jpg\t${"long ".repeat(300_000)}\n`),
        Buffer.from(`http://a/5.jpg\t${"longer than the window ".repeat(300_000)}\n`),
        Buffer.from("http://a/6.jpg\tsix"),
      ]),
    );
    const rows = await readList({ path, rowsPerPart: 3 }, folder);
    expect(rows.map((row) => [row.line, row.ok ? row.url : row.problem])).toEqual([
      [1, "http://a/1.jpg"],
      [2, "expected url, tab, caption; found 1 column(s)"],
      [3, "the row is not valid UTF-8"],
      [4, "expected url, tab, caption; found 3 column(s)"],
      [5, "expected url, tab, caption; found 1 column(s)"],
      [6, "the caption is empty"],
      [7, "the row is longer than 1048576 bytes"],
      [8, "the row is longer than 1048576 bytes"],
      [9, "http://a/6.jpg"],
    ]);
  });

  it("loses one row to a stray quote, not those after it, and counts lines within quotes", async () => {
    const text = [
      "url,caption",
      'http://a/1.jpg,"two\nlines"',
      'http://a/2.jpg,"a quote that never closes',
      "http://a/3.jpg,three",
      'http://a/4.jpg,"closed" too early',
      'http://a/5.jpg,5" in the middle of a cell is a character',
      'http://a/6.jpg,"a quote that nothing closes',
    ];
    await writeFile(path, `${text.join("\n")}\n${"http://a/9.jpg,nine\n".repeat(60_000)}`);
    const rows = await readList({ path, format: "csv", rowsPerPart: 50 }, folder);
    expect(rows).toHaveLength(60_006);
    expect(rows.slice(0, 7).map((row) => [row.row, row.line, row.ok ? row.caption : row.problem])).toEqual([
      [1, 2, "two\nlines"],
      [2, 4, "the quote that opens cell 2 is never closed"],
      [3, 5, "three"],
      [4, 6, "there is text after the closing quote of cell 2"],
      [5, 7, '5" in the middle of a cell is a character'],
      [6, 8, "the quote that opens cell 2 is never closed"],
      [7, 9, "nine"],
    ]);
    expect(rows.slice(6).every((row) => row.ok)).toBe(true);
  });

  it("may have its columns the other way round, found or told", async () => {
    await writeFile(path, "a bus\thttp://a/1.jpg\n");
    const expected = [["http://a/1.jpg", "a bus"]];
    expect(brief(await readList({ path }, folder))).toEqual(expected);
    expect(brief(await readList({ path, columns: ["caption", "url"] }, folder))).toEqual(expected);
  });

  it("only gains parts when more of its rows are used", async () => {
    await writeFile(path, Array.from({ length: 25 }, (_, i) => `http://a/${i}.jpg\tpicture ${i}\n`).join(""));
    const few = await loadSourcePlan(sourceOptions({ path, rowsPerPart: 5, maxRows: 10 }), folder);
    const all = await loadSourcePlan(sourceOptions({ path, rowsPerPart: 5 }), folder);
    expect(few).toHaveLength(2);
    expect(all).toHaveLength(5);
    expect(all.slice(0, 2)).toEqual(few);
  });

  it("is not read again while it has not changed, and is when it has", async () => {
    await writeFile(path, "http://a/1.jpg\tone\n");
    const source = sourceOptions({ path, rowsPerPart: 10 });
    const before = await loadSourcePlan(source, folder);
    const kept = await readFile(join(folder, "source.json"), "utf8");
    await writeFile(join(folder, "source.json"), kept.replace(before[0]?.inputHash ?? "", "kept"));
    expect((await loadSourcePlan(source, folder))[0]?.inputHash).toBe("kept");
    await writeFile(path, "http://a/2.jpg\ttwo\n");
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    const after = await loadSourcePlan(source, folder);
    expect(after[0]?.inputHash).not.toBe(before[0]?.inputHash);
    expect(await loadSourcePlan(source, folder)).toEqual(after);
    await appendFile(path, "http://a/3.jpg\tthree\n");
    expect((await loadSourcePlan(source, folder))[0]?.rows).toBe(2);
  });

  it("has other parts when it is read in another way", async () => {
    await writeFile(path, "http://a/1.jpg\thttp://a/2.jpg\n");
    const hashes = await Promise.all(
      [
        ["url", "caption"],
        ["caption", "url"],
      ].map(async (each) => {
        const parts = await loadSourcePlan(
          sourceOptions({ path, columns: each }),
          await mkdtemp(join(folder, "x")),
        );
        return parts.map(({ inputHash }) => inputHash);
      }),
    );
    expect(hashes[0]).not.toEqual(hashes[1]);
  });

  it("is refused when it is missing or empty", async () => {
    await expect(readList({ path }, folder)).rejects.toMatchObject({ code: "SOURCE_MISSING", where: path });
    await writeFile(path, "");
    await expect(readList({ path }, folder)).rejects.toMatchObject({ code: "SOURCE_INVALID", where: path });
    await writeFile(path, "url\tcaption\n");
    await expect(readList({ path }, folder)).rejects.toMatchObject({ code: "SOURCE_INVALID", where: path });
  });
});
