// Selects synthetic rows (`planted-rows.mjs`) with little memory, laid aside on disk, and checks that the splits are exact and that
// all planted copies are found, and nothing else:
//
//     node tools/bench/select/spilled.mjs [--memory MEGABYTES] [--parts N] [--compare] [rows ...]
//
// By default 1,000,000, 4,000,000 and 12,400,000 rows with 256 MB, in parts of 10,000. Each size has a process of its own. With
// --compare the selection in memory must say the same of every row. Prints seconds, bytes written to the disk, and peak memory.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { selectionTable } from "../../../packages/clean/dist/index.js";
import { selectInMemory } from "../../../packages/clean/dist/select/select-in-memory.js";
import { selectSpilled } from "../../../packages/clean/dist/select/spilled/select-spilled.js";
import { spillPlan } from "../../../packages/clean/dist/select/spilled/spill-plan.js";
import { plant, threshold } from "./planted-rows.mjs";

const batchRows = 8192;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    memory: { type: "string", default: "256" },
    parts: { type: "string" },
    compare: { type: "boolean", default: false },
    child: { type: "boolean", default: false },
  },
});
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000_000, 4_000_000, 12_400_000];
if (values.child) await measure(sizes[0]);
else
  for (const rows of sizes) {
    const own = process.argv.slice(2).filter((argument) => !positionals.includes(argument));
    const command = [fileURLToPath(import.meta.url), "--child", ...own, String(rows)];
    execFileSync(process.execPath, command, { stdio: "inherit" });
  }

async function measure(rows) {
  const parts = Number(values.parts ?? Math.ceil(rows / 10_000));
  const folder = mkdtempSync(join(tmpdir(), "leyenda-spilled-"));
  const options = {
    train: Math.round(rows * 0.1996),
    validation: Math.round(rows * 0.002),
    seed: "bench",
    placeholderCaptions: 10,
    nearDuplicateBits: threshold,
  };
  const plan = spillPlan(rows, Number(values.memory), folder);
  if (plan === null) throw new Error(`${rows} rows fit into ${values.memory} MB: give less with --memory`);
  const planted = plant(rows);
  const started = performance.now();
  const told = await tell(
    selectSpilled(sourceOf(planted, rows, parts), options, plan, new AbortController().signal),
  );
  const seconds = (performance.now() - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  rmSync(folder, { recursive: true });
  const { train, validation, duplicate } = told.counts;
  expect(
    train === options.train && validation === options.validation,
    `the splits are not exact: ${JSON.stringify(told.counts)}`,
  );
  expect(
    duplicate === rows - planted.originals,
    `${duplicate} duplicates instead of ${rows - planted.originals}`,
  );
  let compared = "";
  if (values.compare) {
    const inMemory = await tell(selectInMemory(sourceOf(planted, rows, parts), options));
    expect(inMemory.hash === told.hash, "the selection in memory says something else");
    compared = ", as in memory";
  }
  console.log(
    `${rows.toLocaleString("en")} rows, ${parts.toLocaleString("en")} parts, ${values.memory} MB: ${seconds.toFixed(1)} s ` +
      `(${((seconds / rows) * 1e6).toFixed(2)} µs a row), written ${(written() / 1e9).toFixed(1)} GB, ` +
      `peak ${Math.round(peak)} MiB${compared}`,
  );
}

/** Rows part by part, made as they are asked for. */
function sourceOf(planted, rows, parts) {
  const partStart = (part) => Math.floor((part * rows) / parts);
  const partRows = Array.from({ length: parts }, (_, part) => partStart(part + 1) - partStart(part));
  return {
    rows,
    partRows,
    batches: (async function* () {
      for (let part = 0; part < parts; part += 1) {
        for (let start = 0; start < partRows[part]; start += batchRows) {
          const count = Math.min(batchRows, partRows[part] - start);
          const table = selectionTable(count);
          for (let row = 0; row < count; row += 1) planted.fill(table, row, partStart(part) + start + row);
          yield { part, rows: Uint32Array.from({ length: count }, (_, row) => start + row), table };
        }
      }
    })(),
  };
}

/** Counts by verdict, and a hash over all that is said of all rows. */
async function tell(parts) {
  const counts = {};
  const hash = createHash("sha256");
  for await (const { rows, key, verdict, position, kept, reason, distance } of parts) {
    for (let index = 0; index < rows.length; index += 1) {
      counts[verdict(index)] = (counts[verdict(index)] ?? 0) + 1;
      if (values.compare)
        hash.update(
          [rows[index], ...[key, verdict, position, kept, reason, distance].map((of) => of(index))].join(),
        );
    }
  }
  return { counts, hash: hash.digest("hex") };
}

/** Bytes that this process wrote to files. */
function written() {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1] ?? 0);
}

function expect(condition, message) {
  if (condition) return;
  console.error(`WRONG: ${message}`);
  process.exitCode = 1;
}
