// Writes a synthetic finished dataset with its stages' folders, for looking at:
//
//     node tools/bench/view/make.mjs <folder> [rows] [parts|shards]    default: 2500000 rows of a list of 5/4 as many, both
//
// After 48 parts the list's parts are the same files again. Pictures are 2 KB of noise behind a JPEG's first bytes. Of five lines of the list, one is left out: in turn gone, too small, a near duplicate of the next line,
// in reserve. Captions are of common words; one row in 100,000 has a "platypus" ("ornitorrinco").

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

import {
  addOutcomes,
  cleanRowSchema,
  fetchedRowSchema,
  hashJson,
  PartFile,
  selectionRowSchema,
  sha256,
  translatedRowSchema,
  writeRows,
} from "../../../packages/core/dist/index.js";
import { divideSplit, writeShard } from "../../../packages/shards/dist/index.js";

const [folder, wanted = "2500000", only] = process.argv.slice(2);
const rows = Number(wanted);
const listed = (rows / 4) * 5;
const distinctParts = 48;
const [rowsPerPart, rowsPerShard, rowsPerBatch] = [10_000, 5_000, 100];

const things =
  "dog perro|cat gato|house casa|tree árbol|car coche|boat barco|child niño|woman mujer|beach playa|city ciudad";
const looks =
  "red rojo|blue azul|old viejo|small pequeño|happy feliz|white blanco|black negro|green verde|big grande|new nuevo";
const [nouns, adjectives] = [things, looks].map((words) => words.split("|").map((pair) => pair.split(" ")));

const pictures = Array.from({ length: 512 }, () =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(2045)]),
);
const dropped = ["http_4xx", "too_small", "duplicate", "reserve"];

for (const name of ["fetched", "clean", "selected", "translated", "dataset"])
  await mkdir(join(folder, name), { recursive: true });
if (only !== "shards") await writeParts();
if (only !== "parts") await writeShards();

async function writeParts() {
  const parts = { fetched: [], clean: [], translated: [] };
  const verdicts = {};
  const outcomes = { fetched: {}, clean: {}, selected: {} };
  for (let start = 0; start < listed; start += rowsPerPart) {
    const number = start / rowsPerPart;
    const part = nameOf(number);
    if (number >= distinctParts) {
      for (const stage of Object.keys(parts))
        parts[stage].push({ ...parts[stage][number % distinctParts], part });
      verdicts[`${part}.arrow`] = verdicts[`${nameOf(number % distinctParts)}.arrow`];
      for (let index = start; index < start + rowsPerPart; index += 1) {
        const drop = index % 5 === 0 ? dropped[(index / 5) % dropped.length] : "ok";
        count(outcomes.selected, drop);
      }
      continue;
    }
    const made = { fetched: [], clean: [], selected: [], translated: [] };
    for (let index = start; index < Math.min(start + rowsPerPart, listed); index += 1)
      addRow(index, start, made, outcomes);
    const schemas = {
      fetched: fetchedRowSchema,
      clean: cleanRowSchema,
      selected: selectionRowSchema,
      translated: translatedRowSchema,
    };
    for (const [stage, schema] of Object.entries(schemas)) {
      const file = await PartFile.create(join(folder, stage, `${part}.rows.arrow`));
      await writeRows(file, schema, made[stage]);
      const files = { "rows.arrow": { name: `${part}.rows.arrow`, ...(await file.close()) } };
      if (stage === "selected") verdicts[`${part}.arrow`] = files["rows.arrow"];
      else parts[stage].push({ part, rows: made[stage].length, hash: hashJson(part), files, facts: {} });
    }
  }
  const selection = [
    { part: "selection", rows: listed, hash: hashJson("selection"), files: verdicts, facts: {} },
  ];
  await writeManifest("fetched", parts.fetched, outcomes.fetched);
  await writeManifest("clean", parts.clean, outcomes.clean);
  await writeManifest("selected", selection, outcomes.selected);
  await writeManifest("translated", parts.translated, {});
}

function nameOf(number) {
  return `part-${String(number).padStart(5, "0")}`;
}

function addRow(index, start, made, outcomes) {
  const place = placeOf(index);
  const { en, es } = captionsOf(index);
  const row = { line: index + 1, key: keyOf(index), url: urlOf(index), caption: en };
  const drop = place === null ? dropped[(index / 5) % dropped.length] : null;
  const fetchedOutcome = drop === "http_4xx" ? drop : "ok";
  const cleanOutcome = drop === "too_small" ? drop : fetchedOutcome;
  const picture = { image_offset: BigInt(index % 1000), image_length: 2048 };
  made.fetched.push({
    ...row,
    outcome: fetchedOutcome,
    status: fetchedOutcome === "ok" ? 200 : 404,
    final_url: row.url,
    content_type: "image/jpeg",
    detail: fetchedOutcome === "ok" ? null : "404 Not Found",
    sha256: sha256(row.key),
    bytes: 2048,
    attempts: 1,
    redirects: 0,
    etag: `"${row.key}"`,
    elapsed_ms: index % 900,
    fetched_at: 1_760_000_000_000 + index,
    ...(fetchedOutcome === "ok" ? { image_file: "images.arrow", ...picture } : {}),
  });
  made.clean.push({
    ...row,
    outcome: cleanOutcome,
    ...(cleanOutcome === "ok"
      ? { ...picture, phash: row.key.slice(0, 16), dhash: row.key.slice(16), width: 64, height: 48 }
      : {}),
  });
  count(outcomes.fetched, fetchedOutcome);
  count(outcomes.clean, cleanOutcome);
  count(outcomes.selected, drop ?? "ok");
  if (cleanOutcome !== "ok") return;
  const copy = drop === "duplicate" ? { kept_key: keyOf(index + 1), reason: "near", distance: 4 } : {};
  made.selected.push({
    row: index - start,
    key: row.key,
    verdict: place?.split ?? drop,
    position: place?.position ?? null,
    ...copy,
  });
  if (place !== null) {
    const {
      image,
      source_line: line,
      translation_score: score,
      translation_flags: flags,
      ...rest
    } = shardRow(index, en, es);
    made.translated.push({
      ...rest,
      ...place,
      line,
      score,
      flags,
      source_tokens: 9,
      target_tokens: 9,
      image_part: "part",
      ...picture,
    });
  }
}

async function writeShards() {
  const parts = [];
  const splits = { train: rows - rows / 100, validation: rows / 100 };
  for (const [split, count] of Object.entries(splits)) {
    for (const { name, start, end } of divideSplit(split, count, Math.ceil(count / rowsPerShard))) {
      const file = await PartFile.create(join(folder, "dataset", `${name}.arrow`));
      await writeShard(file, batches(split, start, end));
      const files = { shard: { name: `${name}.arrow`, ...(await file.close()) } };
      parts.push({ part: name, rows: end - start, hash: hashJson(name), files, facts: {} });
    }
  }
  await writeManifest("dataset", parts, {}, { rootHash: "0".repeat(64) });
}

async function* batches(split, start, end) {
  for (let first = start; first < end; first += rowsPerBatch) {
    const positions = Array.from(
      { length: Math.min(rowsPerBatch, end - first) },
      (_, index) => first + index,
    );
    yield positions.map((position) => {
      const index = indexOf(split, position);
      const { en, es } = captionsOf(index);
      return shardRow(index, en, es);
    });
  }
}

/** Every fifth line is left out; of what is left, every hundredth row is for validation. */
function placeOf(index) {
  if (index % 5 === 0) return null;
  const selected = index - Math.floor(index / 5) - 1;
  return selected % 100 === 99
    ? { split: "validation", position: Math.floor(selected / 100) }
    : { split: "train", position: selected - Math.floor(selected / 100) };
}

function indexOf(split, position) {
  const selected = split === "validation" ? position * 100 + 99 : position + Math.floor(position / 99);
  return selected + Math.floor(selected / 4) + 1;
}

function captionsOf(index) {
  const pick = (words, by) => words[Math.floor(index / by) % words.length];
  const [a, b, c, d] = [pick(nouns, 1), pick(adjectives, 3), pick(nouns, 7), pick(adjectives, 11)];
  const rare = index % 100_000 === 4 ? ["platypus", "ornitorrinco"] : ["thing", "cosa"];
  return {
    en: `a ${b[0]} ${a[0]} beside a ${d[0]} ${c[0]} and a ${rare[0]} number ${index}`,
    es: `un ${a[1]} ${b[1]} al lado de un ${c[1]} ${d[1]} y ${rare[1]} número ${index}`,
  };
}

function shardRow(index, en, es) {
  const key = keyOf(index);
  return {
    image: { bytes: pictures[index % pictures.length], path: `${key}.jpg` },
    caption_es: es,
    caption_en: en,
    key,
    url: urlOf(index),
    final_url: urlOf(index),
    width: 64,
    height: 48,
    source_sha256: sha256(key),
    source_format: "jpeg",
    source_width: 640,
    source_height: 480,
    phash: keyOf(index).slice(0, 16),
    dhash: keyOf(index).slice(16),
    source_line: index + 1,
    translation_score: -0.5,
    source_truncated: false,
    target_truncated: false,
    unknown_pieces: 0,
    translation_flags: index % 1000 === 7 ? "numbers" : "",
  };
}

function keyOf(index) {
  return sha256(String(index)).slice(0, 32);
}

function urlOf(index) {
  return `https://pictures-${index % 997}.example/some/path/to/a/picture-${index}.jpg`;
}

function count(counts, outcome) {
  addOutcomes(counts, { [outcome]: 1 });
}

function writeManifest(stage, parts, outcomes, summary = {}) {
  const hash = hashJson(stage);
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  const manifest = {
    stage,
    dataset: "synthetic",
    configHash: hash,
    options: {},
    inputHash: hash,
    rows: total,
    outcomes,
    hash,
    parts,
    summary,
  };
  return writeFile(join(folder, stage, "manifest.json"), JSON.stringify(manifest));
}
