import { join } from "node:path";

import {
  hashJson,
  LeyendaError,
  type Manifest,
  openRows,
  PartFile,
  readManifest,
  type StageContext,
  storeOf,
  temporaryName,
  type TranslatedRow,
  translatedRowSchema,
  writeRows,
} from "@leyenda/core";

import { matchTakedowns } from "../match-takedowns.js";
import type { TakedownEntry, TakedownRequest } from "../takedown-log.js";
import type { Backfill } from "./backfill.js";
import { chooseReserve, type FreePlace, type ReserveRow } from "./choose-reserve.js";
import { backfillFolder, readBackfills } from "./read-backfills.js";

const matchedColumns = ["split", "position", "key", "url", "final_url", "source_sha256"] as const;

/** What the log says of rows that take places. */
export type BackfillEntry = NonNullable<TakedownRequest["backfill"]>;

/** The rows that would take the free places of a dataset. */
export interface PlannedBackfill {
  rows: number;
  /** Translates and writes them, durably. */
  write: () => Promise<BackfillEntry>;
}

/**
 * Finds the places of a dataset that takedowns leave free, these and earlier ones, and a row of the reserve for each.
 *
 * @returns null where no place is free
 * @throws LeyendaError DATA_MISSING when the reserve is gone (`selected/`, `clean/` or pictures in it), DATA_MISMATCH when the selection or
 *   the translation is no longer that of the dataset, NOT_ENOUGH_ROWS when the reserve is too small
 */
export async function planBackfill(
  context: StageContext,
  requests: readonly TakedownRequest[],
  entries: readonly TakedownEntry[],
  { options, translate }: Backfill,
): Promise<PlannedBackfill | null> {
  const { folders } = context;
  const [translated, selected, clean] = await Promise.all([
    reserve(folders.translated),
    reserve(folders.selected),
    reserve(folders.clean),
  ]);
  checkSame(translated, selected, clean, options, folders.translated);
  const match = matchTakedowns(entries);
  const backfilled = await readBackfills(folders.root, requests, translated.hash);
  const used = new Set<string>();
  const places: FreePlace[] = [];
  for (const { files } of translated.parts) {
    const file = await openRows<TranslatedRow>(join(folders.translated, files["rows.arrow"]?.name ?? ""));
    for (const row of file.take(undefined, matchedColumns)) {
      if (match(row) === null) continue;
      const others = backfilled(row);
      for (const { key } of others) used.add(key);
      if (others.every((other) => match(other) !== null))
        places.push({ split: row.split, position: row.position });
    }
  }
  if (places.length === 0) return null;
  const isFree: Parameters<typeof chooseReserve>[3] = (row) => {
    const { key, url, final_url, source_sha256 } = row;
    const matched = { key, url, final_url: final_url ?? url, source_sha256: source_sha256 ?? "" };
    return !used.has(key) && match(matched) === null;
  };
  const chosen = await chooseReserve(context, { clean, selected }, places, isFree);
  if (chosen.size < places.length) throw tooSmall(places.length, chosen.size);
  await checkPictures(folders.clean, clean, [...chosen.values()]);
  return { rows: chosen.size, write: () => write(folders.root, translated.hash, chosen, translate) };
}

async function reserve(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest === null) throw gone(folder);
  return manifest;
}

function checkSame(
  translated: Manifest,
  selected: Manifest,
  clean: Manifest,
  options: Backfill["options"],
  where: string,
): void {
  const inputs = clean.parts.map(({ part, files }) =>
    hashJson([selected.parts[0]?.files[`${part}.arrow`]?.sha256 ?? "", files["rows.arrow"]?.sha256 ?? ""]),
  );
  const isSame = translated.inputHash === hashJson(inputs) && translated.configHash === hashJson(options);
  if (isSame) return;
  throw new LeyendaError("DATA_MISMATCH", "the reserve is not that of the dataset", {
    where,
    expected: "the selection, and the options of translate, that the dataset was made with",
    hint: "fill up with the config that the dataset was made with, or build it anew first",
  });
}

async function checkPictures(folder: string, clean: Manifest, rows: readonly ReserveRow[]): Promise<void> {
  for (const part of new Set(rows.map((row) => row.part))) {
    const file = clean.parts.find((each) => each.part === part)?.files["images.arrow"];
    const path = join(folder, file?.name ?? part);
    const size = await storeOf(path).size(path);
    if (size !== file?.bytes) throw gone(path);
  }
}

async function write(
  root: string,
  selection: string,
  chosen: ReadonlyMap<FreePlace, ReserveRow>,
  translate: Backfill["translate"],
): Promise<BackfillEntry> {
  const captions = [...new Set([...chosen.values()].map(({ row }) => row.caption))];
  const translations = await translate(captions);
  const rows = [...chosen].map(([{ split, position }, { part, row }]) => {
    const translation = translations.get(row.caption);
    if (translation === undefined) throw new Error(`the caption of row ${row.key} was not translated`);
    // Columns that the schema does not name are not written.
    return { ...row, ...translation, caption_en: row.caption, split, position, image_part: part };
  });
  rows.sort((a, b) => (a.split < b.split ? -1 : a.split > b.split ? 1 : a.position - b.position));
  const folder = join(root, backfillFolder);
  await storeOf(folder).prepare(folder);
  const file = await PartFile.named(folder, {
    temporary: temporaryName("rows"),
    final: (hash) => `${hash.slice(0, 12)}.rows.arrow`,
  });
  await writeRows(file, translatedRowSchema, rows);
  const { name, sha256 } = await file.publish();
  return { selection, file: name, sha256, rows: rows.length };
}

function gone(where: string): LeyendaError {
  return new LeyendaError(
    "DATA_MISSING",
    "the reserve is gone: it cannot fill up the places of rows that were taken down",
    {
      where,
      expected: "selected/, clean/ with its pictures, and translated/, as the build left them",
      hint: "take rows down without --backfill, which leaves their places free, or build the dataset anew",
    },
  );
}

function tooSmall(places: number, rows: number): LeyendaError {
  return new LeyendaError(
    "NOT_ENOUGH_ROWS",
    `${places} places are to be filled up, and the reserve has ${rows} rows for them`,
    {
      where: "selected/",
      expected: "a row of the reserve for each row that was taken down, now or before",
      hint: "take rows down without --backfill, or raise source.maxRows and build the dataset anew",
    },
  );
}
