import type { TranslationFlag } from "@leyenda/core";

import type { ArrowFile, Columns } from "../arrow/arrow-file.js";
import type { ArrowFiles } from "../arrow/arrow-files.js";
import type { BatchPlace } from "../arrow/index-stream.js";
import type { CaptionQuery } from "../text/caption-query.js";
import type { Shard } from "./open-dataset.js";
import type { Page, PageRequest } from "./page.js";
import type { Segments } from "./segments.js";

/** A row of the dataset as a page of many shows it. */
export interface ShardSummary {
  position: number;
  key: string;
  caption_es: string;
  caption_en: string;
  width: number;
  height: number;
  flags: string[];
}

export interface ShardFilter {
  query: CaptionQuery;
  /** Only rows with this sign of a poor translation, or with `any`, or with `none`. */
  flag: TranslationFlag | "any" | "none" | null;
}

const columns = ["key", "caption_es", "caption_en", "width", "height", "translation_flags"] as const;

/** The rows of a split from a place on that fit a filter: captions and flags are read batch by batch, pictures never. */
export async function shardPage(
  files: ArrowFiles,
  shards: Segments<Shard>,
  filter: ShardFilter,
  { at, count, budgetMs, signal, now }: PageRequest,
): Promise<Page<ShardSummary>> {
  const deadline = now() + budgetMs;
  const rows: ShardSummary[] = [];
  const isSearch = !filter.query.isEmpty || filter.flag !== null;
  let next = at;
  for (;;) {
    const place = shards.locate(next);
    if (place === null) return { rows, next: null, total: shards.rows };
    next = await files.use(place.item.path, (file) => throughShard(file, place), { keep: !isSearch });
    if (rows.length >= count || now() >= deadline) {
      return { rows, next: next < shards.rows ? next : null, total: shards.rows };
    }
  }

  /** @returns the position at which to go on */
  async function throughShard(file: ArrowFile, { item, start, row }: { item: Shard; start: number; row: number }): Promise<number> {
    for (const batch of file.index.batches) {
      if (batch.firstRow + batch.rows <= row) continue;
      signal.throwIfAborted();
      const values = await fitting(file, batch);
      for (let index = Math.max(row - batch.firstRow, 0); values !== null && index < batch.rows; index += 1) {
        if (!fits(values, index)) continue;
        rows.push(summaryOf(values, index, start + batch.firstRow + index));
        if (rows.length >= count) return start + batch.firstRow + index + 1;
      }
      if (now() >= deadline) return start + batch.firstRow + batch.rows;
    }
    return start + item.rows;
  }

  /** The batch's columns, or null where no row of it can fit: what is asked about is read first, and alone. */
  async function fitting(file: ArrowFile, batch: BatchPlace): Promise<Columns | null> {
    if (!isSearch) return file.columns(batch, columns);
    const names = filter.query.isEmpty ? [] : ["caption_es", "caption_en"];
    if (filter.flag !== null) names.push("translation_flags");
    const asked = await file.columns(batch, names);
    const captions = ["caption_es", "caption_en"].flatMap((name) => asked.get(name) ?? []);
    if (!filter.query.isEmpty && !captions.some((vector) => filter.query.mayMatch(vector))) return null;
    for (let index = 0; index < batch.rows; index += 1)
      if (fits(asked, index)) return file.columns(batch, columns);
    return null;
  }

  function fits(values: Columns, index: number): boolean {
    if (filter.flag !== null && !hasFlag(text(values, "translation_flags", index))) return false;
    return (
      filter.query.isEmpty ||
      filter.query.matches(text(values, "caption_es", index)) ||
      filter.query.matches(text(values, "caption_en", index))
    );
  }

  function hasFlag(flags: string): boolean {
    if (filter.flag === "any") return flags !== "";
    if (filter.flag === "none") return flags === "";
    return flags.split(",").includes(filter.flag ?? "");
  }
}

function summaryOf(values: Columns, index: number, position: number): ShardSummary {
  const flags = text(values, "translation_flags", index);
  return {
    position,
    key: text(values, "key", index),
    caption_es: text(values, "caption_es", index),
    caption_en: text(values, "caption_en", index),
    width: Number(values.get("width")?.get(index) ?? 0),
    height: Number(values.get("height")?.get(index) ?? 0),
    flags: flags === "" ? [] : flags.split(","),
  };
}

function text(values: Columns, name: (typeof columns)[number], index: number): string {
  return String(values.get(name)?.get(index) ?? "");
}
