// Runs the select stage over synthetic clean parts, reading and writing included:
//
//     node tools/bench/select/stage.mjs [rows]        default: 12400000, in parts of 10,000
//
// 5 % of the rows are planted exact copies. The parts are written to a temporary folder first (about 350 bytes a row). The stage
// runs in a process of its own; prints its seconds and peak memory. Exits 1 when the counts are wrong.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  cleanRowSchema,
  contentNaming,
  datasetConfigSchema,
  datasetFolders,
  runStage,
  sha256,
  writeRows,
} from "../../../packages/core/dist/index.js";
import { stage as selectStage } from "../../../packages/clean/dist/select/select-stage.js";

const perPart = 10_000;
const child = process.argv[2] === "--child";
const rows = Number(process.argv[child ? 3 : 2] ?? 12_400_000);
const copies = Math.round(rows * 0.05);
const config = datasetConfigSchema.parse({
  name: "bench",
  source: { path: "list.tsv" },
  select: { train: Math.round(rows * 0.1996), validation: Math.round(rows * 0.002) },
  translate: { model: "model" },
});

if (child) await runSelect(process.argv[4]);
else {
  const folder = mkdtempSync(join(tmpdir(), "leyenda-select-stage-"));
  try {
    await runStage(cleanStage(), { config, folders: datasetFolders("bench", folder) });
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--child", String(rows), folder], {
      stdio: "inherit",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runSelect(folder) {
  const started = performance.now();
  const { manifest } = await runStage(selectStage, { config, folders: datasetFolders("bench", folder) });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { user, system } = process.cpuUsage();
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  const { ok = 0, duplicate = 0, reserve = 0 } = manifest.outcomes;
  if (duplicate !== copies || ok + duplicate + reserve !== rows) {
    console.error(`WRONG: ${JSON.stringify(manifest.outcomes)}`);
    process.exitCode = 1;
  }
  const cpu = ((user + system) / 1e6).toFixed(1);
  console.log(
    `${rows.toLocaleString("en")} rows in ${Math.ceil(rows / perPart)} parts: ${seconds} s (${cpu} s of CPU), peak ${peak} MiB`,
  );
}

/** Makes clean parts out of nothing. */
function cleanStage() {
  return {
    ...selectStage,
    name: "clean",
    folder: "clean",
    naming: contentNaming,
    options: () => ({}),
    plan: () => {
      const parts = Array.from({ length: Math.ceil(rows / perPart) }, (_, index) => ({
        name: `part-${String(index).padStart(5, "0")}`,
        rows: Math.min(perPart, rows - index * perPart),
        inputHash: sha256(String(index)),
        input: index,
      }));
      return Promise.resolve({ parts });
    },
    async *run({ input, rows: count }, { create }) {
      const made = Array.from({ length: count }, (_, index) => cleanRow(input * perPart + index));
      await writeRows(await create("rows.arrow"), cleanRowSchema, made);
      yield { rows: count, bytes: 0, outcomes: { ok: count } };
      return { rows: count, outcomes: { ok: count } };
    },
  };
}

function cleanRow(line) {
  // The last rows repeat the pictures of the first.
  const picture = line < rows - copies ? line : line - (rows - copies);
  const look = createHash("sha256").update(`picture ${picture}`).digest("hex");
  return {
    line: line + 1,
    key: createHash("sha256").update(`row ${line}`).digest("hex").slice(0, 32),
    url: `http://pictures.example/${line}/a-picture-of-something.jpg`,
    caption: `a caption about as long as captions on the web are, for row ${line}`,
    outcome: "ok",
    source_sha256: look,
    source_format: "jpeg",
    source_width: 1024,
    source_height: 768,
    width: 512,
    height: 384,
    phash: look.slice(0, 16),
    dhash: look.slice(16, 32),
    image_offset: BigInt(line) * 50_000n,
    image_length: 50_000,
  };
}
