import { join } from "node:path";

import {
  cleanRowSchema,
  contentNaming,
  datasetConfigSchema,
  type DatasetFolders,
  datasetFolders,
  fetchedRowSchema,
  hashJson,
  ImagesWriter,
  type PartPlan,
  readManifest,
  runStage,
  selectionRowSchema,
  sha256,
  type Stage,
  type StageContext,
  type TranslatedRow,
  translatedRowSchema,
  writeRows,
} from "@leyenda/core";
import type { Schema } from "apache-arrow";
import sharp from "sharp";

const rowsPerPart = 20;

/**
 * A data folder as the stages before `arrange` leave it: small drawn pictures and made-up translations.
 *
 * @param reserve rows that were not chosen
 */
export async function makeFakePipeline(
  dataDir: string,
  train: number,
  validation: number,
  reserve = 0,
): Promise<StageContext> {
  const folders: DatasetFolders = datasetFolders("fake", dataDir);
  const config = datasetConfigSchema.parse({
    name: "fake",
    source: { path: join(dataDir, "list.tsv"), rowsPerPart },
    select: { train, validation },
    translate: { model: "model" },
    shards: { rowsPerShard: 10, rowsPerBatch: 4 },
  });
  const rows = await Promise.all(
    Array.from({ length: train + validation + reserve }, (_, index) =>
      fakeRow(index, ...placeOf(index, train, validation)),
    ),
  );
  // The list's order is not the splits' order.
  rows.sort((a, b) => (a.row.key < b.row.key ? -1 : 1));
  for (const [name, folder] of [
    ["fetch", "fetched"],
    ["clean", "clean"],
    ["select", "selected"],
    ["translate", "translated"],
  ] as const) {
    await runStage(fakeStage(name, folder, rows), { config, folders });
  }
  return { config, folders };
}

interface FakeRow {
  row: TranslatedRow;
  jpeg: Buffer;
}

/** Rows beyond the splits have places beyond their ends: they are the reserve. */
function placeOf(index: number, train: number, validation: number): [TranslatedRow["split"], number] {
  if (index < train) return ["train", index];
  const place = index - train;
  return place < validation ? ["validation", place] : ["train", train + place];
}

async function fakeRow(index: number, split: TranslatedRow["split"], position: number): Promise<FakeRow> {
  const [width, height] = [16 + index, 12];
  const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 };
  const jpeg = await sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
  const key = sha256(`row ${index}`).slice(0, 32);
  const row: TranslatedRow = {
    split,
    position,
    line: index + 1,
    key,
    url: `http://a.example/${index}.jpg`,
    final_url: index % 5 === 0 ? `http://cdn.example/${index}.jpg` : `http://a.example/${index}.jpg`,
    caption_en: `picture number ${index}`,
    caption_es: `imagen número ${index}`,
    score: -index / 10,
    source_tokens: 4,
    target_tokens: 4,
    source_truncated: false,
    target_truncated: index % 7 === 0,
    unknown_pieces: 0,
    flags: index % 7 === 0 ? "numbers,target_truncated" : "",
    source_sha256: sha256(jpeg),
    source_format: "jpeg",
    source_width: width,
    source_height: height,
    phash: index % 6 === 0 ? null : sha256(`phash ${index}`).slice(0, 16),
    dhash: index % 6 === 0 ? null : sha256(`dhash ${index}`).slice(0, 16),
    width,
    height,
    image_part: "",
    image_offset: 0n,
    image_length: 0,
    extra: JSON.stringify({ id: index }),
  };
  return { row, jpeg };
}

const schemas: Partial<Record<Stage["name"], Schema>> = { fetch: fetchedRowSchema, clean: cleanRowSchema };

/** A row as the stage writes it. */
function rowOf(stage: Stage["name"], row: TranslatedRow): object {
  const { caption_en: caption } = row;
  if (stage === "fetch") return { ...row, caption, outcome: "ok", sha256: row.source_sha256 };
  return stage === "clean" ? { ...row, caption, outcome: "ok" } : row;
}

/** Whether a row was chosen; the others are the reserve. */
function isChosen({ row: { split, position } }: FakeRow, { select }: StageContext["config"]): boolean {
  return position < select[split];
}

function fakeStage(name: Stage["name"], folder: Stage["folder"], rows: readonly FakeRow[]): Stage {
  const parts: { name: string; start: number; end: number }[] = [];
  for (let start = 0; start < rows.length; start += rowsPerPart) {
    const end = Math.min(start + rowsPerPart, rows.length);
    parts.push({ name: `part-${String(parts.length).padStart(5, "0")}`, start, end });
  }

  async function planOf(
    folders: DatasetFolders,
    config: StageContext["config"],
  ): Promise<{ parts: PartPlan[] }> {
    if (name === "select")
      return {
        parts: [{ name: "selection", rows: rows.length, inputHash: sha256("selection"), input: null }],
      };
    const selected = await readManifest(folders.selected);
    const clean = await readManifest(folders.clean);
    return {
      parts: parts.map(({ name: part, start, end }, index) => {
        const files = [
          selected?.parts[0]?.files[`${part}.arrow`]?.sha256 ?? "",
          clean?.parts[index]?.files["rows.arrow"]?.sha256 ?? "",
        ];
        const mine = rows.slice(start, end).filter((each) => name !== "translate" || isChosen(each, config));
        const inputHash = name === "translate" ? hashJson(files) : sha256(part);
        return { name: part, rows: mine.length, inputHash, input: [start, end] };
      }),
    };
  }

  return {
    name,
    folder,
    module: import.meta.url,
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({}),
    plan: ({ folders, config }) => planOf(folders, config),
    async *run(part, { create, config }) {
      yield { rows: 0, bytes: 0, outcomes: {} };
      if (name === "select") {
        for (const { name: of, start, end } of parts) {
          const verdicts = rows.slice(start, end).map((each, row) => {
            const chosen = isChosen(each, config);
            const { key, split, position } = each.row;
            return { row, key, verdict: chosen ? split : "reserve", position: chosen ? position : null };
          });
          await writeRows(await create(`${of}.arrow`), selectionRowSchema, verdicts);
        }
        return { rows: part.rows, outcomes: { ok: part.rows } };
      }
      const [start, end] = part.input as [number, number];
      const mine = rows.slice(start, end).filter((each) => name !== "translate" || isChosen(each, config));
      if (name === "clean") {
        const images = new ImagesWriter(await create("images.arrow"), { flushBytes: 2_000 });
        for (const { row, jpeg } of mine) {
          await images.add(jpeg, ({ offset, length }) => {
            Object.assign(row, { image_part: part.name, image_offset: BigInt(offset), image_length: length });
          });
        }
        await images.finish();
      }
      const made = mine.map(({ row }) => rowOf(name, row));
      await writeRows(await create("rows.arrow"), schemas[name] ?? translatedRowSchema, made);
      return { rows: part.rows, outcomes: { ok: part.rows } };
    },
  };
}
