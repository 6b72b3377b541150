import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  addOutcomes,
  type CleanRow,
  cleanRowSchema,
  type DatasetFolders,
  datasetFolders,
  type FetchedRow,
  fetchedRowSchema,
  hashJson,
  ImagesWriter,
  type Manifest,
  type OutcomeCounts,
  PartFile,
  type SelectionRow,
  selectionRowSchema,
  sha256,
  type TranslatedRow,
  translatedRowSchema,
  writeRows,
} from "@leyenda/core";
import { type Compression, type ShardRow, writeShard } from "@leyenda/shards";

import { finalOutcome } from "../src/data/list-page.js";
import { drawPng } from "./draw-png.js";

const [rows, rowsPerPart, rowsPerShard, rowsPerBatch] = [60, 20, 15, 4];

/** What the made list says; a caption for every digit that a line ends with, from 0. */
const captions: readonly [en: string, es: string][] = [
  ["a page that is gone", ""],
  ["a picture too small", ""],
  ["the same penguin again", ""],
  ["A penguin on the ice", "Un pingüino en el hielo"],
  ["two children at the beach", "Dos NIÑOS en la playa"],
  ["a red car", "un coche rojo"],
  ["<b>bold</b> & brave", "<img src=x onerror=alert(1)> valiente"],
  ["a dog", "un perro"],
  ["a dog at the beach", "un perro en la playa"],
  ["a picture in reserve", ""],
];

/**
 * A finished dataset of 30 rows for training and 6 for validation, made from a list of 60, with its stages' folders. Of ten
 * lines, the first gave no picture, the second's is too small, the third's is a near duplicate of the fourth's, and the tenth is
 * in reserve. The lines that end with 7 have flags.
 */
export async function makeDataset(
  dataDir: string,
  compression: Compression = "none",
): Promise<DatasetFolders> {
  const folders = datasetFolders("small", dataDir);
  for (const folder of ["fetched", "clean", "selected", "translated", "dataset"] as const)
    await mkdir(folders[folder], { recursive: true });
  const shardRows: Record<string, ShardRow[]> = { train: [], validation: [] };
  const manifests = {
    fetched: newManifest("fetch"),
    clean: newManifest("clean"),
    selected: newManifest("select"),
    translated: newManifest("translate"),
    dataset: newManifest("shards"),
  };
  const verdictFiles: Manifest["parts"][number]["files"] = {};
  for (let start = 0; start < rows; start += rowsPerPart) {
    const part = `part-${String(start / rowsPerPart).padStart(5, "0")}`;
    const made = await makePart(folders, part, start, shardRows);
    for (const stage of ["fetched", "clean", "translated"] as const)
      manifests[stage].parts.push(partEntry(part, made.rows[stage], made.files[stage]));
    verdictFiles[`${part}.arrow`] = made.verdicts;
    for (const stage of ["fetched", "clean", "selected"] as const)
      addOutcomes(manifests[stage].outcomes, made.outcomes[stage]);
  }
  manifests.selected.parts.push(partEntry("selection", rows, verdictFiles));
  for (const [split, all] of Object.entries(shardRows)) {
    const shards = Math.ceil(all.length / rowsPerShard);
    for (let shard = 0; shard < shards; shard += 1) {
      const name = `${split}-${String(shard).padStart(5, "0")}-of-${String(shards).padStart(5, "0")}`;
      const slice = all.slice(shard * rowsPerShard, (shard + 1) * rowsPerShard);
      const file = await PartFile.create(join(folders.dataset, `${name}.arrow`));
      await writeShard(file, batchesOf(slice), { compression });
      const files = { shard: { name: `${name}.arrow`, ...(await file.close()) } };
      manifests.dataset.parts.push(partEntry(name, slice.length, files));
    }
  }
  manifests.dataset.summary = { rootHash: "ab".repeat(32) };
  for (const [stage, manifest] of Object.entries(manifests)) {
    const total = manifest.parts.reduce((sum, part) => sum + part.rows, 0);
    const path = join(folders[stage as keyof typeof manifests], "manifest.json");
    await writeFile(path, JSON.stringify({ ...manifest, rows: total }));
  }
  return folders;
}

async function* batchesOf(all: readonly ShardRow[]): AsyncGenerator<ShardRow[]> {
  for (let start = 0; start < all.length; start += rowsPerBatch)
    yield await Promise.resolve(all.slice(start, start + rowsPerBatch));
}

interface MadePart {
  rows: Record<"fetched" | "clean" | "translated", number>;
  files: Record<"fetched" | "clean" | "translated", Record<string, FileEntry>>;
  verdicts: FileEntry;
  outcomes: Record<"fetched" | "clean" | "selected", OutcomeCounts>;
}

async function makePart(
  folders: DatasetFolders,
  part: string,
  start: number,
  shardRows: Record<string, ShardRow[]>,
): Promise<MadePart> {
  const fetched: FetchedRow[] = [];
  const clean: CleanRow[] = [];
  const selected: SelectionRow[] = [];
  const translated: TranslatedRow[] = [];
  const bodies = new Images();
  const pictures = new Images();
  for (let index = start; index < start + rowsPerPart; index += 1) {
    const digit = index % 10;
    const body = drawPng(40 + index, 30, [index * 4, 255 - index * 4, digit * 25]);
    const row = rowsOf(index);
    if (digit === 0) {
      fetched.push({ ...row.fetched, outcome: "http_4xx", status: 404, detail: "404 Not Found" });
      clean.push({ ...row.clean, outcome: "http_4xx", detail: "404 Not Found" });
      continue;
    }
    fetched.push(bodies.add(body, { ...row.fetched, sha256: sha256(body), image_file: "images.arrow" }));
    if (digit === 1) {
      clean.push({ ...row.clean, outcome: "too_small", detail: `${40 + index} x 30` });
      continue;
    }
    clean.push(
      pictures.add(body, { ...row.clean, width: 40 + index, height: 30, phash: "00ff00ff00ff00ff" }),
    );
    const verdict = verdictOf(index);
    const split = verdict === "train" || verdict === "validation" ? shardRows[verdict] : undefined;
    const position = split?.length ?? null;
    selected.push({
      row: index - start,
      key: row.clean.key,
      verdict,
      position,
      ...(verdict === "duplicate"
        ? { kept_key: keyOf(index + 1), reason: "near", distance: 3 }
        : { kept_key: null, reason: null, distance: null }),
    });
    if (split === undefined || position === null) continue;
    const shardRow = shardRowOf(index, body);
    split.push(shardRow);
    translated.push({ ...translatedRowOf(index, shardRow), split: verdict as "train", position });
  }
  const files = {
    fetched: {
      "images.arrow": await bodies.write(folders.fetched, part),
      "rows.arrow": await writeFileOf(folders.fetched, part, fetchedRowSchema, fetched),
    },
    clean: {
      "images.arrow": await pictures.write(folders.clean, part),
      "rows.arrow": await writeFileOf(folders.clean, part, cleanRowSchema, clean),
    },
    translated: {
      "rows.arrow": await writeFileOf(folders.translated, part, translatedRowSchema, translated),
    },
  };
  const left = countBy(clean.filter(({ outcome }) => outcome !== "ok").map(({ outcome }) => outcome));
  return {
    rows: { fetched: fetched.length, clean: clean.length, translated: translated.length },
    files,
    verdicts: await writeFileOf(folders.selected, part, selectionRowSchema, selected),
    outcomes: {
      fetched: countBy(fetched.map(({ outcome }) => outcome)),
      clean: countBy(clean.map(({ outcome }) => outcome)),
      selected: addOutcomes(left, countBy(selected.map(({ verdict }) => finalOutcome("ok", verdict)))),
    },
  };
}

function verdictOf(index: number): SelectionRow["verdict"] {
  const digit = index % 10;
  if (digit === 2) return "duplicate";
  if (digit === 9) return "reserve";
  return digit === 8 ? "validation" : "train";
}

function keyOf(index: number): string {
  return sha256(`row ${index}`).slice(0, 32);
}

function rowsOf(index: number): { fetched: FetchedRow; clean: CleanRow } {
  const [en] = captions[index % 10] ?? ["", ""];
  const list = { line: index + 1, key: keyOf(index), url: urlOf(index), caption: `${en} ${index}` };
  return {
    fetched: {
      ...list,
      outcome: "ok",
      status: 200,
      final_url: `${urlOf(index)}?final`,
      content_type: "image/png",
      robots_txt: null,
      tdmrep: null,
      robots_tag: null,
      detail: null,
      sha256: null,
      bytes: 0,
      attempts: 1,
      redirects: 1,
      etag: `"etag-${index}"`,
      last_modified: null,
      elapsed_ms: 12,
      fetched_at: 1_700_000_000_000,
      image_file: null,
      image_offset: null,
      image_length: null,
    },
    clean: {
      ...list,
      final_url: `${urlOf(index)}?final`,
      outcome: "ok",
      detail: null,
      source_sha256: null,
      source_format: "png",
      source_width: 40 + index,
      source_height: 30,
      width: null,
      height: null,
      phash: null,
      dhash: null,
      image_offset: null,
      image_length: null,
    },
  };
}

function urlOf(index: number): string {
  // Not every list's URLs are of the web.
  return index === 6 ? "javascript:alert(1)" : `http://pictures.example/${index}.png`;
}

function shardRowOf(index: number, bytes: Uint8Array): ShardRow {
  const [en, es] = captions[index % 10] ?? ["", ""];
  return {
    image: { bytes, path: `${keyOf(index)}.png` },
    caption_es: `${es} ${index}`,
    caption_en: `${en} ${index}`,
    key: keyOf(index),
    url: urlOf(index),
    final_url: `${urlOf(index)}?final`,
    width: 40 + index,
    height: 30,
    source_sha256: sha256(bytes),
    source_format: "png",
    source_width: 40 + index,
    source_height: 30,
    phash: null,
    dhash: null,
    source_line: index + 1,
    translation_score: -0.5,
    source_truncated: false,
    target_truncated: false,
    unknown_pieces: 0,
    translation_flags: index % 10 === 7 ? "numbers,loop" : "",
  };
}

function translatedRowOf(index: number, row: ShardRow): Omit<TranslatedRow, "split" | "position"> {
  const { image, source_line, translation_score, translation_flags, ...rest } = row;
  return {
    ...rest,
    line: source_line,
    score: translation_score,
    flags: translation_flags,
    source_tokens: 5,
    target_tokens: 6,
    image_part: `part-${index}`,
    image_offset: 0n,
    image_length: image.bytes.length,
  };
}

/** Pictures of a part, and the rows that are to be told where they lie. */
class Images {
  readonly #pictures: { bytes: Uint8Array; row: Pick<CleanRow, "image_offset" | "image_length"> }[] = [];

  add<Row extends Pick<CleanRow, "image_offset" | "image_length">>(bytes: Uint8Array, row: Row): Row {
    this.#pictures.push({ bytes, row });
    return row;
  }

  async write(folder: string, part: string): Promise<FileEntry> {
    const file = await PartFile.create(join(folder, `${part}.images.arrow`));
    const images = new ImagesWriter(file);
    for (const { bytes, row } of this.#pictures) {
      await images.add(bytes, ({ offset, length }) => {
        Object.assign(row, { image_offset: BigInt(offset), image_length: length });
      });
    }
    await images.finish();
    return { name: `${part}.images.arrow`, ...(await file.close()) };
  }
}

type FileEntry = Manifest["parts"][number]["files"][string];

async function writeFileOf(
  folder: string,
  part: string,
  schema: Parameters<typeof writeRows>[1],
  all: readonly object[],
): Promise<FileEntry> {
  const file = await PartFile.create(join(folder, `${part}.rows.arrow`));
  await writeRows(file, schema, all);
  return { name: `${part}.rows.arrow`, ...(await file.close()) };
}

function newManifest(stage: string): Manifest {
  const hash = hashJson(stage);
  return {
    stage,
    dataset: "small",
    configHash: hash,
    options: {},
    inputHash: hash,
    rows: 0,
    outcomes: {},
    hash,
    parts: [],
    summary: {},
  };
}

function partEntry(
  part: string,
  count: number,
  files: Manifest["parts"][number]["files"],
): Manifest["parts"][number] {
  return { part, rows: count, hash: hashJson(part), files, facts: {} };
}

function countBy(outcomes: readonly (keyof OutcomeCounts)[]): OutcomeCounts {
  const counts: OutcomeCounts = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
