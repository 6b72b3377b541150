import type { Layout } from "./layout.js";
import { splitQuoted } from "./split-quoted.js";

/** What a record says, or why it is no row. */
export type ParsedRecord =
  { url: string; caption: string; extra: string | null; problem?: undefined } | { problem: string };

type Delimited = Extract<Layout, { format: "delimited" }>;
type JsonLines = Extract<Layout, { format: "jsonl" }>;

/**
 * Reads one record.
 *
 * @param record without its line end
 */
export function parseRecord(record: string, layout: Layout): ParsedRecord {
  switch (layout.format) {
    case "delimited":
      return parseDelimited(record, layout);
    case "jsonl":
      return parseJson(record, layout);
    case "txt":
      return record.trim() === ""
        ? { problem: "the line is empty" }
        : { url: record.trim(), caption: "", extra: null };
  }
}

function parseDelimited(record: string, layout: Delimited): ParsedRecord {
  const cells = layout.quotes ? splitQuoted(record, layout.delimiter) : record.split(layout.delimiter);
  if ("problem" in cells) return cells;
  const url = cells[layout.url];
  const caption = cells[layout.caption];
  if (url === undefined || caption === undefined || cells.length !== layout.names.length) {
    return { problem: `expected ${describeColumns(layout)}; found ${cells.length} column(s)` };
  }
  if (caption.trim() === "") return { problem: "the caption is empty" };
  const extra =
    layout.extra.length === 0
      ? null
      : JSON.stringify(Object.fromEntries(layout.extra.map((at) => [layout.names[at], cells[at]])));
  return { url, caption, extra };
}

function describeColumns({ names, delimiter }: Delimited): string {
  return names.length > 4
    ? `${names.length} columns`
    : names.join(delimiter === "\t" ? ", tab, " : ", comma, ");
}

function parseJson(record: string, layout: JsonLines): ParsedRecord {
  const object = jsonObject(record);
  if (object === null) return { problem: "the line is no JSON object" };
  const { [layout.url]: url, [layout.caption]: caption, ...others } = object;
  if (typeof url !== "string") return { problem: `${JSON.stringify(layout.url)} is no text` };
  if (typeof caption !== "string") return { problem: `${JSON.stringify(layout.caption)} is no text` };
  if (caption.trim() === "") return { problem: "the caption is empty" };
  if (layout.extra?.length === 0) return { url, caption, extra: null };
  const extra =
    layout.extra === null
      ? others
      : Object.fromEntries(layout.extra.map((name) => [name, object[name] ?? null]));
  return { url, caption, extra: JSON.stringify(extra) };
}

/** @returns null for a text that is no JSON object */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value === null || typeof value !== "object" || Array.isArray(value)
      ? null
      : (value as Record<string, unknown>);
  } catch {
    return null;
  }
}
