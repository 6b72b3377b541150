// Verifies a synthetic dataset of many small rows, and tells seconds and peak memory:
//
//     node tools/bench/shards/verify.mjs [rows ...]        default: 250000 2500000
//
// Rows have 32 x 32 pictures (64 different ones, each with its number behind the JPEG's end, so that no two are the same bytes), two
// captions, a key and a URL; 1 % are validation. Planted: a duplicated row and a leaked key, which must be found and nothing else.
// Each size is verified in a process of its own; what is compared is kept, too: `diff` of the dataset with itself.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PartFile } from "../../../packages/core/dist/index.js";
import { diffDatasets, verifyDataset, writeShard } from "../../../packages/shards/dist/index.js";

// The one that the package brings along: benchmarks have no dependencies of their own.
const sharp = createRequire(new URL("../../../packages/shards/package.json", import.meta.url))("sharp");

if (process.argv[2] === "--child") {
  const [, , , verb, folder] = process.argv;
  const started = performance.now();
  const report =
    verb === "verify" ? await verifyDataset(folder, { nearBits: 0 }) : await diffDatasets(folder, folder);
  console.log(
    JSON.stringify({
      verb,
      rows: report.rows ?? report.same,
      found: report.counts,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
} else {
  const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [250_000, 2_500_000];
  for (const rows of sizes) {
    const folder = mkdtempSync(join(tmpdir(), "leyenda-verify-"));
    try {
      await write(folder, rows);
      for (const verb of ["verify", "diff"])
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--child", verb, folder], {
          stdio: "inherit",
        });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

async function write(folder, rows) {
  const pictures = await Promise.all(
    Array.from({ length: 64 }, (_, index) =>
      sharp({
        create: {
          width: 32,
          height: 32,
          channels: 3,
          background: { r: index * 4, g: 128, b: 255 - index * 4 },
        },
      })
        .jpeg()
        .toBuffer(),
    ),
  );
  const perShard = 50_000;
  const validation = Math.round(rows / 100);
  for (const [split, first, count] of [
    ["train", 0, rows - validation],
    ["validation", rows - validation, validation],
  ]) {
    const shards = Math.ceil(count / perShard);
    for (let shard = 0; shard < shards; shard += 1) {
      const name = `${split}-${String(shard).padStart(5, "0")}-of-${String(shards).padStart(5, "0")}.arrow`;
      const file = await PartFile.create(join(folder, name));
      await writeShard(
        file,
        batches(pictures, first + shard * perShard, first + Math.min(count, (shard + 1) * perShard), rows),
        { withExtra: false, compression: null },
      );
      await file.close();
    }
  }
}

async function* batches(pictures, start, end, rows) {
  for (let at = start; at < end; at += 100)
    yield Array.from({ length: Math.min(100, end - at) }, (_, index) =>
      row(pictures, planted(at + index, rows)),
    );
}

/** Row 2 is row 1 again, and the last row, of validation, has the key of row 3. */
function planted(number, rows) {
  if (number === 2) return { number: 1, key: 1 };
  return { number, key: number === rows - 1 ? 3 : number };
}

function row(pictures, { number, key }) {
  const sha = createHash("sha256").update(String(number)).digest("hex");
  return {
    image: {
      bytes: Buffer.concat([pictures[number % 64], Buffer.from(String(number))]),
      path: `${number}.jpg`,
    },
    caption_es: `una imagen con el número ${number}`,
    caption_en: `a picture with the number ${number}`,
    key: createHash("sha256").update(`key ${key}`).digest("hex").slice(0, 32),
    url: `http://a.example/${number}.jpg`,
    final_url: `http://a.example/${number}.jpg`,
    width: 32,
    height: 32,
    source_sha256: sha,
    source_format: "jpeg",
    source_width: 32,
    source_height: 32,
    phash: null,
    dhash: null,
    source_line: number + 1,
    translation_score: -1,
    source_truncated: false,
    target_truncated: false,
    unknown_pieces: 0,
    translation_flags: "",
    extra: null,
  };
}
