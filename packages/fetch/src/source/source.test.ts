import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadSourcePlan } from "./load-source-plan.js";
import { planSource } from "./plan-source.js";
import { readSourceRows, type SourceRow } from "./read-source-rows.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-source-"));
  path = join(folder, "list.tsv");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function readAll(rowsPerPart: number, maxRows: number | null = null): Promise<SourceRow[][]> {
  const parts = await planSource({ path, rowsPerPart, maxRows });
  return Promise.all(parts.map((part) => collect(readSourceRows(path, part, ["url", "caption"]))));
}

async function collect(rows: AsyncIterable<SourceRow>): Promise<SourceRow[]> {
  const collected: SourceRow[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}

const cell = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .map((text) => `x${text.replace(/[\t\r\n]/g, " ")}x`);

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
          const parts = await readAll(rowsPerPart);
          expect(parts.slice(0, -1).every((part) => part.length === rowsPerPart)).toBe(true);
          expect(parts.flat()).toEqual(
            rows.map(([url, caption], index) => ({ line: index + 1, ok: true, url, caption })),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it("keeps lines that are no rows aside, with their line number and what is wrong", async () => {
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
        Buffer.from("http://a/5.jpg\tfive"),
      ]),
    );
    const rows = (await readAll(3)).flat();
    expect(rows.map((row) => [row.line, row.ok ? row.url : row.problem])).toEqual([
      [1, "http://a/1.jpg"],
      [2, "expected url, tab, caption; found 1 column(s)"],
      [3, "the line is not valid UTF-8"],
      [4, "expected url, tab, caption; found 3 column(s)"],
      [5, "expected url, tab, caption; found 1 column(s)"],
      [6, "the caption is empty"],
      [7, "the line is longer than 1048576 bytes"],
      [8, "http://a/5.jpg"],
    ]);
  });

  it("may have its columns the other way round", async () => {
    await writeFile(path, "a bus\thttp://a/1.jpg\n");
    const [part] = await planSource({ path, rowsPerPart: 10, maxRows: null });
    const rows = await collect(readSourceRows(path, part ?? expect.fail(), ["caption", "url"]));
    expect(rows).toEqual([{ line: 1, ok: true, url: "http://a/1.jpg", caption: "a bus" }]);
  });

  it("only gains parts when more of its rows are used", async () => {
    await writeFile(path, Array.from({ length: 25 }, (_, i) => `http://a/${i}.jpg\tpicture ${i}\n`).join(""));
    const few = await planSource({ path, rowsPerPart: 5, maxRows: 10 });
    const all = await planSource({ path, rowsPerPart: 5, maxRows: null });
    expect(few).toHaveLength(2);
    expect(all.slice(0, 2)).toEqual(few);
  });

  it("is not read again while it has not changed, and is when it has", async () => {
    await writeFile(path, "http://a/1.jpg\tone\n");
    // A stage gives its whole section of the config.
    const source = { path, rowsPerPart: 10, maxRows: null, columns: ["url", "caption"] };
    const before = await loadSourcePlan(source, folder);
    await writeFile(path, "http://a/2.jpg\ttwo\n");
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    const after = await loadSourcePlan(source, folder);
    expect(after[0]?.sha256).not.toBe(before[0]?.sha256);
    expect(await loadSourcePlan(source, folder)).toEqual(after);
  });

  it("is refused when it is missing or empty", async () => {
    await expect(planSource({ path, rowsPerPart: 1, maxRows: null })).rejects.toMatchObject({
      code: "SOURCE_MISSING",
    });
    await writeFile(path, "");
    await expect(planSource({ path, rowsPerPart: 1, maxRows: null })).rejects.toMatchObject({
      code: "SOURCE_INVALID",
    });
  });
});
