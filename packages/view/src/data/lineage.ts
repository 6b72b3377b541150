import { type Outcome, type OutcomeClass, outcomeClasses } from "@leyenda/core";

import type { ArrowFiles } from "../arrow/arrow-files.js";
import { finalOutcome } from "./list-page.js";
import type { ListPart, OpenedDataset } from "./open-dataset.js";
import { findRow, readRecord } from "./read-record.js";
import { readShardRow } from "./read-shard-row.js";

type Facts = Readonly<Record<string, unknown>>;

/** All that is known of a row, from the list to the dataset. Facts are the columns of the files they stand in. */
export interface Lineage {
  /** Its place in the list, from 0; null where the stages before are not there. */
  index: number | null;
  part: string | null;
  outcome: Outcome;
  class: OutcomeClass;
  /** Its place in the dataset; null when it is not there. */
  split: string | null;
  position: number | null;
  /** The shard's columns without the picture. */
  dataset: Facts | null;
  fetched: Facts | null;
  clean: Facts | null;
  selection: Facts | null;
  translated: Facts | null;
}

/** @returns null for a row that is not there */
export async function lineageOfDatasetRow(
  files: ArrowFiles,
  opened: OpenedDataset,
  split: string,
  position: number,
): Promise<Lineage | null> {
  const dataset = await shardFacts(opened, split, position);
  if (dataset === null) return null;
  const index = Number(dataset.source_line) - 1;
  const before = await listFacts(files, opened, index);
  // Another list may lie beside a dataset than the one it was made from.
  const isSame = before !== null && before.clean.key === dataset.key;
  const ok = { outcome: "ok", class: "ok", split, position, dataset } as const;
  return isSame ? { ...before, ...ok } : { ...none, ...ok };
}

/** @returns null for a row that is not there */
export async function lineageOfListRow(
  files: ArrowFiles,
  opened: OpenedDataset,
  index: number,
): Promise<Lineage | null> {
  const before = await listFacts(files, opened, index);
  if (before === null) return null;
  const verdict = (before.selection?.verdict ?? null) as string | null;
  const outcome = finalOutcome(before.clean.outcome as string, verdict);
  const split = verdict !== null && opened.splits.has(verdict) ? verdict : null;
  const position = split === null ? null : Number(before.selection?.position);
  const dataset =
    split === null || position === null ? null : await shardFacts(opened, split, position);
  return { ...before, outcome, class: outcomeClasses[outcome], split, position, dataset };
}

const none = { index: null, part: null, fetched: null, clean: null, selection: null, translated: null };

async function shardFacts(opened: OpenedDataset, split: string, position: number): Promise<Facts | null> {
  const row = await readShardRow(opened, split, position);
  if (row === null) return null;
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== "image"));
}

interface ListFacts {
  index: number;
  part: string;
  fetched: Facts | null;
  clean: Facts;
  selection: Facts | null;
  translated: Facts | null;
}

async function listFacts(files: ArrowFiles, { list }: OpenedDataset, index: number): Promise<ListFacts | null> {
  const place = list?.locate(index) ?? null;
  if (place === null) return null;
  const { item, row } = place;
  const clean = await files.use(item.clean.rows, (file) => readRecord(file, row));
  const { fetched } = item;
  return {
    index,
    part: item.name,
    clean,
    fetched: fetched === null ? null : await files.use(fetched.rows, (file) => readRecord(file, row)),
    selection: await findFacts(files, item.selected, "row", row),
    translated: await findFacts(files, item.translated, "key", clean.key),
  };
}

async function findFacts(
  files: ArrowFiles,
  path: ListPart["selected"],
  column: string,
  value: unknown,
): Promise<Facts | null> {
  if (path === null) return null;
  return files.use(path, async (file) => {
    const row = await findRow(file, column, value);
    return row === null ? null : readRecord(file, row);
  });
}
