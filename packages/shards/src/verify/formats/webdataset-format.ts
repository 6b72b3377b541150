import { join } from "node:path";
import { buffer } from "node:stream/consumers";

import { storeOf } from "@leyenda/core";
import tar from "tar-stream";

import type { DatasetFormat, DatasetRow, RowBatch } from "./dataset-format.js";
import { readTail } from "./read-tail.js";
import { findFields, toDatasetRow } from "./row-fields.js";
import { splitOf } from "./split-of.js";

const rowsOfBatch = 64;
const pictureEndings = ["jpg", "jpeg", "png", "webp", "gif", "avif", "tif", "tiff", "bmp"];

/** WebDataset: a row is the tar's neighbouring entries that share their name up to its first dot. */
export const webdatasetFormat: DatasetFormat = {
  name: "webdataset",
  find: (_folder, names) =>
    names.filter((name) => name.endsWith(".tar")).map((name) => ({ name, split: splitOf(name) })),
  read: (folder, { name }) => readTar(join(folder, name)),
  checkEnd: async (path) => {
    const tail = await readTail(path, 1024);
    if (tail.length === 1024 && tail.every((byte) => byte === 0)) return null;
    return "it ends without the two blocks of zeros at a tar's end: it is cut off, or was never finished";
  },
};

/** The entries of one row. */
interface Sample {
  key: string;
  entries: Map<string, Buffer>;
}

async function* readTar(path: string): AsyncGenerator<RowBatch, void, undefined> {
  let rows: DatasetRow[] = [];
  for await (const sample of samplesOf(path)) {
    rows.push(toRow(sample));
    if (rows.length < rowsOfBatch) continue;
    yield { rows, columns: null, features: null };
    rows = [];
  }
  if (rows.length > 0) yield { rows, columns: null, features: null };
}

async function* samplesOf(path: string): AsyncGenerator<Sample, void, undefined> {
  const extract = tar.extract();
  const source = storeOf(path).stream(path);
  source.once("error", (error) => {
    extract.destroy(error);
  });
  source.pipe(extract);
  let sample = null as Sample | null;
  for await (const entry of extract) {
    const bytes = await buffer(entry);
    const { name, type } = entry.header;
    if (type !== "file") continue;
    const [key, ending] = divide(name);
    if (sample?.key !== key) {
      if (sample !== null) yield sample;
      sample = { key, entries: new Map() };
    }
    sample.entries.set(ending, bytes);
  }
  if (sample !== null) yield sample;
}

function divide(name: string): [key: string, ending: string] {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  return dot === -1 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
}

function toRow({ key, entries }: Sample): DatasetRow {
  const picture = pictureEndings.map((ending) => entries.get(ending)).find((bytes) => bytes !== undefined);
  const record: Record<string, unknown> = {};
  let problem: string | null = null;
  const json = entries.get("json");
  if (json !== undefined) {
    try {
      const value: unknown = JSON.parse(json.toString("utf8"));
      if (value !== null && typeof value === "object") Object.assign(record, value);
    } catch {
      problem = `${key}.json is not JSON`;
    }
  }
  for (const [ending, bytes] of entries)
    if (/^(.*\.)?(txt|text|caption)$/.test(ending) && !(ending in record))
      record[ending] = bytes.toString("utf8");
  const fields = findFields(Object.keys(record));
  const captions = Object.keys(record).filter(
    (name) => name.endsWith(".txt") || fields.captions.includes(name),
  );
  return { ...toDatasetRow(record, { ...fields, captions }, picture ?? null), key, problem };
}
