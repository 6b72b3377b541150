import { type Outcome, outcomeClasses } from "@leyenda/core";

import type { ArrowFile, Columns } from "../arrow/arrow-file.js";
import type { ArrowFiles } from "../arrow/arrow-files.js";
import type { BatchPlace } from "../arrow/index-stream.js";
import type { CaptionQuery } from "../text/caption-query.js";
import type { ListPart } from "./open-dataset.js";
import type { Page, PageRequest } from "./page.js";
import type { Segments } from "./segments.js";
import { readVerdicts } from "./verdicts.js";

/** A row of the list as a page of many shows it. */
export interface ListSummary {
  /** Place in the list, from 0. */
  index: number;
  line: number;
  key: string;
  url: string;
  caption: string;
  outcome: Outcome;
  detail: string | null;
  /** Where it went, when it is in the dataset. */
  split: string | null;
  /** Whether there is a clean picture. */
  hasPicture: boolean;
}

export interface ListFilter {
  query: CaptionQuery;
  outcome: Outcome | null;
}

const columns = ["line", "key", "url", "caption", "outcome", "detail", "image_length"] as const;

const splitNames = ["train", "validation"];

/** The rows of the list from a place on that fit a filter, with the outcome each has in the end. */
export async function listPage(
  files: ArrowFiles,
  parts: Segments<ListPart>,
  filter: ListFilter,
  { at, count, budgetMs, signal, now }: PageRequest,
): Promise<Page<ListSummary>> {
  const deadline = now() + budgetMs;
  const rows: ListSummary[] = [];
  const isSearch = !filter.query.isEmpty || filter.outcome !== null;
  const asksSelection = filter.outcome === null || isOfSelection(filter.outcome);
  let next = at;
  for (;;) {
    const place = parts.locate(next);
    if (place === null) return { rows, next: null, total: parts.rows };
    next = await throughPart(place);
    if (rows.length >= count || now() >= deadline)
      return { rows, next: next < parts.rows ? next : null, total: parts.rows };
  }

  async function throughPart({ item, start, row }: Place): Promise<number> {
    const verdicts =
      item.selected === null || !asksSelection ? new Map<number, string>() : await readVerdicts(files, item.selected);
    const throughFile = async (file: ArrowFile): Promise<number> => {
      for (const batch of file.index.batches) {
        if (batch.firstRow + batch.rows <= row) continue;
        signal.throwIfAborted();
        const found = fitting(await file.columns(batch, ["outcome", "caption"]), batch, verdicts, row);
        if (found.length > 0) {
          const values = await file.columns(batch, columns);
          for (const each of found) rows.push(summaryOf(values, each, start + batch.firstRow + each.index));
          if (rows.length >= count) return (rows.at(-1)?.index ?? 0) + 1;
        }
        if (now() >= deadline) return start + batch.firstRow + batch.rows;
      }
      return start + item.rows;
    };
    return files.use(item.clean.rows, throughFile, { keep: !isSearch });
  }

  /** Rows of a batch that fit, as many as the page still takes. */
  function fitting(
    values: Columns,
    batch: BatchPlace,
    verdicts: ReadonlyMap<number, string>,
    row: number,
  ): Found[] {
    const [outcomes, captions] = [values.get("outcome"), values.get("caption")];
    const found: Found[] = [];
    if (captions !== undefined && !filter.query.isEmpty && !filter.query.mayMatch(captions)) return found;
    const first = Math.max(row - batch.firstRow, 0);
    for (let index = first; index < batch.rows && rows.length + found.length < count; index += 1) {
      const verdict = verdicts.get(batch.firstRow + index) ?? null;
      const outcome = finalOutcome(String(outcomes?.get(index)), verdict);
      if (filter.outcome !== null && outcome !== filter.outcome) continue;
      if (!filter.query.isEmpty && !filter.query.matches(String(captions?.get(index)))) continue;
      found.push({ index, verdict });
    }
    return found;
  }
}

interface Place {
  item: ListPart;
  start: number;
  row: number;
}

/** A row of a batch, and what the selection said of it. */
interface Found {
  index: number;
  verdict: string | null;
}

/** The outcome of a row once the selection has seen it. */
export function finalOutcome(outcome: string, verdict: string | null): Outcome {
  return (outcome !== "ok" || verdict === null || splitNames.includes(verdict) ? outcome : verdict) as Outcome;
}

function summaryOf(values: Columns, { index, verdict }: Found, place: number): ListSummary {
  const value = (name: (typeof columns)[number]): unknown => values.get(name)?.get(index) ?? null;
  return {
    index: place,
    line: Number(value("line")),
    key: value("key") as string,
    url: value("url") as string,
    caption: value("caption") as string,
    outcome: finalOutcome(value("outcome") as string, verdict),
    detail: value("detail") as string | null,
    split: verdict !== null && splitNames.includes(verdict) ? verdict : null,
    hasPicture: value("image_length") !== null,
  };
}

/** Whether an outcome is only known from the selection. */
function isOfSelection(outcome: Outcome): boolean {
  return outcome === "ok" || outcome === "excluded" || outcomeClasses[outcome] === "selection";
}
