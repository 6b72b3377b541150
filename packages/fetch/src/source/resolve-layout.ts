import { type DatasetConfig, LeyendaError } from "@leyenda/core";

import type { SourceFormat } from "./judge-format.js";
import type { Layout } from "./layout.js";
import { jsonObject } from "./parse-record.js";
import { splitQuoted } from "./split-quoted.js";

type Source = DatasetConfig["source"];

/** Names under which lists keep their URLs and captions, the surest first. */
const urlNames = [
  "url",
  "image_url",
  "imageurl",
  "img_url",
  "image_link",
  "src",
  "link",
  "uri",
  "image",
  "img",
];
const captionNames = ["caption", "text", "alt_text", "alttext", "alt", "title", "description", "caption_en"];

export interface ResolveInput {
  /** What the file is called, for errors. */
  name: string;
  format: Exclude<SourceFormat, "parquet">;
  source: Pick<Source, "columns" | "header" | "quotes" | "extraColumns">;
  /** The file's first records. */
  records: readonly string[];
}

/**
 * Works out how the rows of a file are read, from the options and from the file's first records.
 *
 * @returns the layout, and whether the first record is a header
 * @throws LeyendaError SOURCE_INVALID when the columns asked for, or any, cannot be found
 */
export function resolveLayout(input: ResolveInput): { layout: Layout; header: boolean } {
  switch (input.format) {
    case "txt":
      if (input.source.extraColumns !== "all")
        for (const column of input.source.extraColumns)
          findColumn({ name: input.name, known: ["url"] }, "extra", column, []);
      return { layout: { format: "txt" }, header: false };
    case "jsonl":
      return { layout: resolveFields(input.name, input.source, fieldsOf(input.records)), header: false };
    default:
      return resolveDelimited(input, input.format === "tsv" ? "\t" : ",");
  }
}

/**
 * The layout of JSON lines, or of Parquet rows written as such.
 *
 * @param fields names that occur
 */
export function resolveFields(
  name: string,
  { columns, extraColumns }: Pick<Source, "columns" | "extraColumns">,
  fields: readonly string[],
): Extract<Layout, { format: "jsonl" }> {
  const wanted = Array.isArray(columns) ? { url: "url", caption: "caption" } : columns;
  const at = { name, known: fields };
  const url = findColumn(at, "url", wanted?.url, urlNames);
  const caption = findColumn(at, "caption", wanted?.caption, captionNames);
  // A further field may come first in a later record: its absence here proves nothing.
  const extra = extraColumns === "all" ? null : [...extraColumns];
  return { format: "jsonl", url, caption, extra };
}

function fieldsOf(records: readonly string[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(jsonObject(record) ?? {})))];
}

function resolveDelimited(
  { name, source, records }: ResolveInput,
  delimiter: "\t" | ",",
): { layout: Layout; header: boolean } {
  const quotes = source.quotes ?? delimiter === ",";
  const split = records
    .map((record) => (quotes ? splitQuoted(record, delimiter) : record.split(delimiter)))
    .filter((cells) => Array.isArray(cells));
  const first = (split[0] ?? []).map((cell) => cell.trim());
  const header = source.header ?? isHeader(first, source.columns);
  const names = namesOf(name, source.columns, header ? first : null, split);
  const at = { name, known: names };
  const wanted = Array.isArray(source.columns) ? { url: "url", caption: "caption" } : source.columns;
  const url = names.indexOf(findColumn(at, "url", wanted?.url, urlNames));
  const caption = names.indexOf(findColumn(at, "caption", wanted?.caption, captionNames));
  const extra =
    source.extraColumns === "all"
      ? names.map((_, index) => index).filter((index) => index !== url && index !== caption)
      : source.extraColumns.map((column) => names.indexOf(findColumn(at, "extra", column, [])));
  return { layout: { format: "delimited", delimiter, quotes, names, url, caption, extra }, header };
}

function isHeader(first: readonly string[], columns: Source["columns"]): boolean {
  if (first.some(isUrl)) return false;
  return columns === null || Array.isArray(columns)
    ? first.some((cell) => urlNames.includes(cell.toLowerCase()))
    : first.includes(columns.url);
}

function namesOf(
  name: string,
  columns: Source["columns"],
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
): string[] {
  if (Array.isArray(columns)) return [...columns];
  if (header !== null) return [...header];
  const [first = []] = rows;
  if (columns !== null) {
    throw new LeyendaError("SOURCE_INVALID", `the list has no header with a column "${columns.url}"`, {
      where: `${name}:1`,
      expected: `a first row that names the columns; found ${JSON.stringify(first).slice(0, 200)}`,
      hint: 'name the columns of a list without header in order: "columns": ["url", "caption"]',
    });
  }
  const pairs = rows.filter((cells) => cells.length === 2);
  const counts = [0, 1].map((column) => pairs.filter((cells) => isUrl(cells[column] ?? "")).length);
  const [left = 0, right = 0] = counts;
  if (pairs.length * 2 < rows.length || left + right === 0) {
    throw new LeyendaError("SOURCE_INVALID", "which columns hold the URL and the caption cannot be told", {
      where: `${name}:1`,
      expected: `two columns, one with URLs, or a header; found ${JSON.stringify(first).slice(0, 200)}`,
      hint: 'set source.columns: ["url", "caption", …] for a list without header, {"url": …, "caption": …} for one with',
    });
  }
  return left >= right ? ["url", "caption"] : ["caption", "url"];
}

function isUrl(cell: string): boolean {
  return /^\s*https?:\/\//i.test(cell);
}

function findColumn(
  { name, known }: { name: string; known: readonly string[] },
  role: "url" | "caption" | "extra",
  wanted: string | undefined,
  usual: readonly string[],
): string {
  const found =
    wanted === undefined
      ? usual.flatMap((each) => known.filter((column) => column.toLowerCase() === each))[0]
      : known.find((column) => column === wanted);
  if (found !== undefined) return found;
  throw new LeyendaError(
    "SOURCE_INVALID",
    wanted === undefined ? `no column looks like the ${role}` : `there is no column "${wanted}"`,
    {
      where: name,
      expected: `one of its columns: ${known.slice(0, 40).join(", ")}`,
      hint: role === "extra" ? "correct source.extraColumns" : 'set source.columns: {"url": …, "caption": …}',
    },
  );
}
