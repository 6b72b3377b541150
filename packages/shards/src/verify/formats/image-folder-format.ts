import { join, posix } from "node:path";
import { createInterface } from "node:readline";

import { sha256, storeOf } from "@leyenda/core";

import type { DatasetFormat, DatasetRow, RowBatch } from "./dataset-format.js";
import { readPictureFile } from "./read-picture-file.js";
import { readTail } from "./read-tail.js";
import { findFields, toDatasetRow } from "./row-fields.js";
import { splitOf } from "./split-of.js";

const rowsOfBatch = 64;
const metadataName = "metadata.jsonl";

/** Pictures in folders, with a `metadata.jsonl` whose lines name them: what Hugging Face calls an image folder. */
export const imageFolderFormat: DatasetFormat = {
  name: "imagefolder",
  find: (_folder, names) =>
    names
      .filter((name) => posix.basename(name) === metadataName)
      .map((name) => ({ name, split: splitOf(posix.dirname(name)) })),
  read: (folder, { name }) => readLines(join(folder, name)),
  checkEnd: async (path) => {
    const tail = await readTail(path, 1);
    return tail.toString() === "\n" ? null : "its last line has no end: it is cut off";
  },
};

async function* readLines(path: string): AsyncGenerator<RowBatch, void, undefined> {
  const folder = posix.dirname(path);
  let pending: Promise<DatasetRow>[] = [];
  for await (const line of createInterface({ input: storeOf(path).stream(path), crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    pending.push(toRow(line, folder));
    if (pending.length < rowsOfBatch) continue;
    yield { rows: await Promise.all(pending), columns: null, features: null };
    pending = [];
  }
  if (pending.length > 0) yield { rows: await Promise.all(pending), columns: null, features: null };
}

async function toRow(line: string, folder: string): Promise<DatasetRow> {
  const record = parse(line);
  const fields = findFields(Object.keys(record ?? {}));
  if (record === null)
    return { ...toDatasetRow({}, fields, null), problem: "its line of metadata.jsonl is no JSON object" };
  const { file_name: name } = record;
  if (typeof name !== "string")
    return { ...toDatasetRow(record, fields, null), problem: "it has no file_name" };
  const picture = await readPictureFile(folder, name);
  return {
    ...toDatasetRow(record, fields, picture),
    problem: pictureProblem(name, picture, record.image_sha256),
  };
}

function pictureProblem(name: string, picture: Uint8Array | null, hash: unknown): string | null {
  if (picture === null) return `its picture ${name} is not there`;
  return typeof hash === "string" && hash !== sha256(picture)
    ? `its picture ${name} has another SHA-256 than image_sha256`
    : null;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
