// Deduplicates and selects synthetic rows, 5 % planted exact copies and 3 % planted near copies, and checks every one:
//
//     node tools/bench/select/rows.mjs [rows ...]        default: 1000000 4000000 12400000
//
// Each size runs in two processes of its own: once with all rows, and once without a random 1 % of them, where no row may have
// changed sides. Prints seconds and peak memory of the process, input columns included. Exits 1 when anything is wrong.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { selectionTable, selectRows } from "../../../packages/clean/dist/index.js";
import { mixed, plant, threshold } from "./planted-rows.mjs";

if (process.argv[2] === "--child") {
  const [, , , rows, folder, without] = process.argv;
  measure(Number(rows), join(folder, "sides"), without === "without");
} else {
  const sizes =
    process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000_000, 4_000_000, 12_400_000];
  const folder = mkdtempSync(join(tmpdir(), "leyenda-select-"));
  try {
    for (const rows of sizes) {
      for (const removal of ["with", "without"]) {
        const arguments_ = [fileURLToPath(import.meta.url), "--child", String(rows), folder, removal];
        execFileSync(process.execPath, arguments_, { stdio: "inherit" });
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(all, sidesFile, without) {
  const planted = plant(all);
  const count = eachRow(all, without, () => undefined);
  const table = selectionTable(count);
  eachRow(all, without, (place, row) => planted.fill(table, place, row));
  const inputs = process.memoryUsage.rss();

  const train = Math.round(all * 0.1996);
  const validation = Math.round(all * 0.002);
  const started = performance.now();
  const selection = selectRows(table, {
    train,
    validation,
    seed: "bench",
    placeholderCaptions: 10,
    nearDuplicateBits: threshold,
  });
  const seconds = (performance.now() - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;

  const counts = {};
  const sides = new Uint8Array(all);
  eachRow(all, without, (place, row) => {
    const verdict = selection.verdict(place);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
    sides[row] = verdict === "train" ? 1 : verdict === "validation" ? 2 : 0;
  });
  expect(
    counts.train === train && counts.validation === validation,
    `the splits are not exact: ${JSON.stringify(counts)}`,
  );
  let moved = 0;
  if (without) {
    const before = readFileSync(sidesFile);
    for (let at = 0; at < all; at += 1)
      if (before[at] !== 0 && sides[at] !== 0 && before[at] !== sides[at]) moved += 1;
    expect(moved === 0, `${moved} rows changed sides`);
  } else {
    writeFileSync(sidesFile, sides);
    checkPlanted(planted, selection, counts, all);
  }
  const mib = (value) => `${Math.round(value)} MiB`;
  console.log(
    `${count.toLocaleString("en")} rows: ${seconds.toFixed(1)} s, peak ${mib(peak)} (inputs ${mib(inputs / 2 ** 20)})  ` +
      (without ? "1 % fewer rows: no row changed sides" : JSON.stringify(counts)),
  );
}

/** Every planted copy must share its original's cluster, and there must be no other duplicate. */
function checkPlanted({ originals, originalOf }, selection, counts, all) {
  const keeper = (row) => selection.keptRow(row) ?? row;
  let missed = 0;
  for (let row = originals; row < all; row += 1) if (keeper(row) !== keeper(originalOf(row))) missed += 1;
  expect(missed === 0, `${missed} planted copies were not found`);
  const duplicates = counts.duplicate ?? 0;
  expect(duplicates === all - originals, `${duplicates} duplicates instead of ${all - originals}`);
}

/**
 * Visits the rows that are there, in order, with their places: all, or all but a random 1 %, originals and copies alike.
 *
 * @returns how many they are
 */
function eachRow(all, without, visit) {
  let place = 0;
  for (let row = 0; row < all; row += 1)
    if (!without || mixed(row, 99) / 2 ** 32 >= 0.01) visit(place++, row);
  return place;
}

function expect(condition, message) {
  if (condition) return;
  console.error(`WRONG: ${message}`);
  process.exitCode = 1;
}
