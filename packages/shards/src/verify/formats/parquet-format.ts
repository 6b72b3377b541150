import { dirname, join } from "node:path";

import { asyncBuffer, storeOf } from "@leyenda/core";
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";

import type { DatasetFormat, DatasetRow, RowBatch } from "./dataset-format.js";
import { readPictureFile } from "./read-picture-file.js";
import { findFields, type RowFields, toDatasetRow } from "./row-fields.js";
import { splitOf } from "./split-of.js";

/** Unpacked bytes that are decoded at a time, as far as row groups allow. */
const windowBytes = 64 << 20;
const pictureNames = /^(image|img|picture|photo|jpe?g|png|webp)$/i;

/** Parquet files with a picture column: a struct of bytes and path, as Hugging Face has it, or bytes. */
export const parquetFormat: DatasetFormat = {
  name: "parquet",
  find: (_folder, names) =>
    names.filter((name) => name.endsWith(".parquet")).map((name) => ({ name, split: splitOf(name) })),
  read: (folder, { name }) => readParquet(join(folder, name)),
  // The footer is at the end, and reading begins with it.
  checkEnd: () => Promise.resolve(null),
};

async function* readParquet(path: string): AsyncGenerator<RowBatch, void, undefined> {
  const handle = await storeOf(path).open(path);
  try {
    const file = await asyncBuffer(handle);
    const metadata = await parquetMetadataAsync(file);
    const tree = parquetSchema(metadata).children;
    const fields = findFields(tree.map(({ element }) => element.name));
    const picture = pictureColumn(tree);
    const columns = tree.map(describe);
    const features = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value ?? null;
    for (const [rowStart, rowEnd] of windows(metadata)) {
      const wanted = [...fields.columns, ...(picture === null ? [] : [picture])];
      const records = await parquetReadObjects({
        file,
        metadata,
        columns: wanted,
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      });
      const rows = await Promise.all(records.map((record) => toRow(record, fields, picture, dirname(path))));
      yield { rows, columns, features };
    }
  } finally {
    await handle.close();
  }
}

/** Windows of rows within row groups: pages can only be reached from a group's start, so most groups are read at once. */
function* windows({ row_groups: groups }: FileMetaData): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (const { num_rows, total_byte_size } of groups) {
    const rows = Number(num_rows);
    const step = Math.max(1, Math.ceil(rows / Math.max(1, Math.ceil(Number(total_byte_size) / windowBytes))));
    for (let at = 0; at < rows; at += step) yield [start + at, start + Math.min(rows, at + step)];
    start += rows;
  }
}

async function toRow(
  record: Record<string, unknown>,
  fields: RowFields,
  picture: string | null,
  folder: string,
): Promise<DatasetRow> {
  const value = picture === null ? null : record[picture];
  return toDatasetRow(record, fields, await pictureOf(value, folder));
}

async function pictureOf(value: unknown, folder: string): Promise<Uint8Array | null> {
  if (value instanceof Uint8Array) return value;
  if (value === null || typeof value !== "object") return null;
  const { bytes, path } = value as { bytes?: unknown; path?: unknown };
  if (bytes instanceof Uint8Array) return bytes;
  return typeof path === "string" ? readPictureFile(folder, path) : null;
}

function pictureColumn(tree: readonly SchemaTree[]): string | null {
  const found =
    tree.find(({ children }) => children.some(({ element }) => element.name === "bytes")) ??
    tree.find(
      ({ element: { name, type, converted_type: converted } }) =>
        pictureNames.test(name) && type === "BYTE_ARRAY" && converted !== "UTF8",
    );
  return found?.element.name ?? null;
}

function describe({ element, children }: SchemaTree): string {
  const { name, type, converted_type: converted } = element;
  const inner = children.map(describe).join(", ");
  return `${name}: ${children.length > 0 ? `{${inner}}` : [type, converted].filter(Boolean).join(" ")}`;
}
