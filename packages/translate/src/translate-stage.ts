import { join } from "node:path";

import {
  type CleanRow,
  contentNaming,
  hashJson,
  type Json,
  type Manifest,
  nameOptions,
  type PartContext,
  type PartPlan,
  type PartResult,
  readRows,
  requireManifest,
  type RowCounter,
  type SelectionRow,
  type Stage,
  type StageContext,
  type TranslatedRow,
  translatedRowSchema,
  withProgress,
  writeRows,
} from "@leyenda/core";
import { readModelInfo } from "@leyenda/marian";

import { CaptionTranslator } from "./caption-translator.js";
import { sumFacts, type TranslateFacts } from "./sum-facts.js";
import type { FlaggedTranslation } from "./translate-captions.js";
import { translationColumns } from "./translation-columns.js";

/** Captions handed to the translator together: it sorts them by length, and progress is told after each group. */
const groupCaptions = 2048;

/** glibc keeps what a model's file took while it was read, 45 MB of a full-size one in int8, unless blocks as large are mapped. */
const workerEnvironment = { MALLOC_MMAP_THRESHOLD_: "1048576" };

interface PartInput {
  selection: string;
  rows: string;
}

/** A caption chosen for a split, with the picture it belongs to. */
interface Chosen {
  clean: CleanRow;
  split: "train" | "validation";
  position: number;
}

/**
 * The stage from selected captions to Spanish ones: `rows.arrow` with a row for each selected row of the clean part, in
 * its order, carrying all that the dataset needs. Captions only: no picture is read.
 */
function createTranslateStage(): Stage {
  let loading: Promise<CaptionTranslator> | undefined;
  return {
    name: "translate",
    folder: "translated",
    module: import.meta.url,
    partsInFlight: 1,
    environment: workerEnvironment,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({ node: process.version }),
    options,
    plan: async ({ folders }) => {
      const selected = await requireManifest(folders.selected, "clean");
      const clean = await requireManifest(folders.clean, "clean");
      const selections = selected.parts[0]?.files ?? {};
      return {
        parts: clean.parts.map(({ part, files }) => {
          const selection = selections[`${part}.arrow`];
          const rows = files["rows.arrow"];
          if (selection === undefined || rows === undefined)
            throw new Error(`${part} is not among the selected parts`);
          return {
            name: part,
            rows: chosenRows(selected, part),
            inputHash: hashJson([selection.sha256, rows.sha256]),
            input: { selection: selection.name, rows: rows.name },
          };
        }),
      };
    },
    run: (part, context) =>
      withProgress(async (counter) => {
        loading ??= CaptionTranslator.open(context.config.translate);
        return translatePart(part, context, await loading, counter);
      }),
    finish: (_context, { parts }) => Promise.resolve({ ...sumFacts(parts.map(({ facts }) => facts)) }),
    close: async () => {
      await (await loading)?.close();
      loading = undefined;
    },
  };
}

export const stage = createTranslateStage();

/** `batchTokens` belongs to them: a greedy search's last row alone is computed by another kernel, to other last digits. */
async function options({ config }: StageContext): Promise<Record<string, Json>> {
  const { model, ...search } = config.translate;
  const { name, precision, hash } = await readModelInfo(model);
  return { "translate.model": { name, precision, hash }, ...nameOptions("translate", search, ["cache"]) };
}

function chosenRows({ parts: [selection] }: Manifest, part: string): number {
  const rows = (selection?.facts.selectedRows as Record<string, number> | undefined)?.[part];
  if (rows === undefined) throw new Error(`the selection does not count ${part}`);
  return rows;
}

async function translatePart(
  part: PartPlan,
  context: PartContext,
  translator: CaptionTranslator,
  counter: RowCounter,
): Promise<PartResult> {
  const chosen = await readChosen(part, context);
  const facts: TranslateFacts = { captions: 0, retried: 0, bettered: 0, flags: {} };
  const cache = await translator.refreshCache();
  const translations = new Map<string, FlaggedTranslation>();
  // Equal captions go through the model once.
  const rowsOf = new Map<string, number>();
  for (const { clean } of chosen) rowsOf.set(clean.caption, (rowsOf.get(clean.caption) ?? 0) + 1);
  for (const captions of inGroups([...rowsOf.keys()])) {
    context.signal.throwIfAborted();
    const found = await translator.translate(captions);
    facts.captions += captions.length;
    facts.retried += found.retried;
    facts.bettered += found.bettered;
    for (const [caption, translation] of found.translations) {
      translations.set(caption, translation);
      counter.many("ok", rowsOf.get(caption) ?? 0, 0);
    }
  }
  const rows = chosen.map((row) => {
    const translation = translations.get(row.clean.caption);
    if (translation === undefined) throw new Error(`the caption of row ${row.clean.key} was not translated`);
    for (const flag of translation.flags) facts.flags[flag] = (facts.flags[flag] ?? 0) + 1;
    return toTranslatedRow(row, translation, part.name);
  });
  await writeRows(await context.create("rows.arrow"), translatedRowSchema, rows);
  return {
    rows: rows.length,
    outcomes: counter.outcomes,
    facts: { ...facts, ...(cache === null ? {} : { cache: { ...cache } }) },
  };
}

async function readChosen(part: PartPlan, { folders }: PartContext): Promise<Chosen[]> {
  const input = part.input as unknown as PartInput;
  const selection = await readRows<SelectionRow>(join(folders.selected, input.selection));
  const clean = await readRows<CleanRow>(join(folders.clean, input.rows));
  return selection.flatMap(({ row, key, verdict, position }) => {
    if ((verdict !== "train" && verdict !== "validation") || position === null) return [];
    const found = clean[row];
    if (found?.key !== key)
      throw new Error(`${part.name}: the selection and the clean rows disagree at row ${row}`);
    return [{ clean: found, split: verdict, position }];
  });
}

function* inGroups(captions: readonly string[]): Generator<string[]> {
  for (let start = 0; start < captions.length; start += groupCaptions)
    yield captions.slice(start, start + groupCaptions);
}

function toTranslatedRow(
  { clean, split, position }: Chosen,
  translation: FlaggedTranslation,
  part: string,
): TranslatedRow {
  return {
    split,
    position,
    line: clean.line,
    key: clean.key,
    url: clean.url,
    final_url: present(clean.final_url, clean),
    caption_en: clean.caption,
    ...translationColumns(translation),
    source_sha256: present(clean.source_sha256, clean),
    source_format: present(clean.source_format, clean),
    source_width: present(clean.source_width, clean),
    source_height: present(clean.source_height, clean),
    phash: clean.phash,
    dhash: clean.dhash,
    width: present(clean.width, clean),
    height: present(clean.height, clean),
    image_part: part,
    image_offset: present(clean.image_offset, clean),
    image_length: present(clean.image_length, clean),
    extra: clean.extra ?? null,
  };
}

/** A selected row is an ok row, which has all of these. */
function present<Value>(value: Value | null, { key }: CleanRow): Value {
  if (value === null) throw new Error(`the selected row ${key} has no picture`);
  return value;
}
