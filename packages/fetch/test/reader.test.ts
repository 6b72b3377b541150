import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { loadSourcePlan } from "../src/source/load-source-plan.js";
import { readSourceRows } from "../src/source/read-source-rows.js";
import { sourceOptions } from "./support/read-list.js";
import { encodeList, listFormats, listPackings, listRow, pack } from "./support/write-list.js";

/** As many rows as the check of the same kind in img2dataset has. */
const rowCount = 105_312;
const rowsPerPart = 1_000;
/** Parts that are there already: some in a row, some on their own, the last one. */
const done = new Set([0, 1, 2, 3, 17, 50, 51, 99, 105]);
const allowedGrowth = 100_000_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes in the heap and in buffers, garbage not yet collected included. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-reader-"));
  const rows = Array.from({ length: rowCount }, (_, index) => listRow(index));
  for (const format of listFormats) {
    const bytes = encodeList(format, rows);
    for (const packing of listPackings) {
      await writeFile(join(folder, `list.${format}${packing}`), pack(bytes, packing));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe(`${rowCount} rows in parts of ${rowsPerPart}, some of which are done`, () => {
  it.each(listFormats.flatMap((format) => listPackings.map((packing) => [format, packing] as const)))(
    "%s%s: the rest in order, exactly, without the list in memory",
    async (format, packing) => {
      const stage = join(folder, `fetched-${format}${packing}`);
      await mkdir(stage);
      collectGarbage();
      const before = memory();
      let peak = before;
      const timer = setInterval(() => {
        peak = Math.max(peak, memory());
      }, 5);
      const source = sourceOptions({ path: join(folder, `list.${format}${packing}`), rowsPerPart });
      const parts = await loadSourcePlan(source, stage);
      peak = Math.max(peak, memory());
      expect(parts.map(({ rows }) => rows)).toEqual([...Array<number>(105).fill(rowsPerPart), 312]);
      for (const [index, part] of parts.entries()) {
        if (done.has(index)) continue;
        let at = index * rowsPerPart;
        for await (const row of readSourceRows(part)) {
          const { url, caption } = listRow(at);
          if (
            !row.ok ||
            row.url !== url ||
            row.caption !== (format === "txt" ? "" : caption) ||
            row.row !== at + 1
          ) {
            expect(row).toEqual({ ...listRow(at), row: at + 1 });
          }
          at += 1;
        }
        expect(at).toBe(Math.min((index + 1) * rowsPerPart, rowCount));
        peak = Math.max(peak, memory());
      }
      clearInterval(timer);
      expect(peak - before).toBeLessThan(allowedGrowth);
    },
  );
});
