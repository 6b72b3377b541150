import type { Caption, DatasetRow } from "./dataset-format.js";

const captionName = /^(caption|text|txt|alt|alt_text|sentence|description)s?([_-].*)?$/i;
const keyNames = ["key", "__key__", "id"];
const urlNames = ["url", "image_url", "URL"];
const sourceNames = ["source_sha256", "sha256"];

/** Columns by what they hold. */
export interface RowFields {
  captions: readonly string[];
  key: string | null;
  url: string | null;
  source: string | null;
  /** All that is read of a row, apart from its picture. */
  columns: readonly string[];
}

/** Finds the columns that can be checked by the names that datasets give them. */
export function findFields(columns: readonly string[]): RowFields {
  const first = (names: readonly string[]): string | null =>
    names.find((name) => columns.includes(name)) ?? null;
  const captions = columns.filter((name) => captionName.test(name));
  const [key, url, source] = [first(keyNames), first(urlNames), first(sourceNames)];
  const others = [key, url, source, "width", "height", "translation_flags"];
  return {
    captions,
    key,
    url,
    source,
    columns: [...captions, ...others.filter((name) => name !== null && columns.includes(name))] as string[],
  };
}

/** @param record what the columns of `fields` hold */
export function toDatasetRow(
  record: Readonly<Record<string, unknown>>,
  fields: RowFields,
  picture: Uint8Array | null,
): DatasetRow {
  const text = (name: string | null): string | null => {
    const value = name === null ? null : record[name];
    return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
      ? String(value)
      : null;
  };
  const pixels = (name: string): number | null => {
    const value = record[name];
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
  };
  return {
    key: text(fields.key),
    url: text(fields.url),
    captions: fields.captions.flatMap((name): Caption[] => captionsOf(name, record[name])),
    picture,
    sourceSha256: text(fields.source),
    isSourceUnique: fields.source === "source_sha256",
    width: pixels("width"),
    height: pixels("height"),
    flags: text("translation_flags") ?? "",
    problem: null,
  };
}

function captionsOf(name: string, value: unknown): Caption[] {
  if (typeof value === "string") return [{ name, text: value }];
  // Datasets with several captions of a picture keep them in a list.
  if (value !== null && typeof value === "object" && Symbol.iterator in value)
    return [...(value as Iterable<unknown>)].map((text) => ({
      name,
      text: typeof text === "string" ? text : null,
    }));
  return [{ name, text: null }];
}
