import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { storeOf, type StoredFile } from "@leyenda/core";
import { DataType, type RecordBatch, RecordBatchReader, type Schema, type Vector } from "apache-arrow";

import { registerArrowCodecs } from "../../arrow-codecs.js";
import type { DatasetFormat, RowBatch } from "./dataset-format.js";
import { readPictureFile } from "./read-picture-file.js";
import { readTail } from "./read-tail.js";
import { findFields, toDatasetRow } from "./row-fields.js";
import { splitOf } from "./split-of.js";

/** Marks an IPC file, which has a footer, unlike a stream. */
const fileMagic = "ARROW1";
const streamEnd = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
const pictureNames = /^(image|img|picture|photo|jpe?g|png|webp)$/i;

/** Arrow shards: IPC streams, as `datasets` writes them, or IPC files. */
export const arrowFormat: DatasetFormat = {
  name: "arrow",
  find: (_folder, names) =>
    names.filter((name) => name.endsWith(".arrow")).map((name) => ({ name, split: splitOf(name) })),
  read: (folder, { name }) => readArrow(join(folder, name)),
  checkEnd: async (path) => {
    const tail = await readTail(path, 8);
    if (tail.equals(streamEnd) || tail.subarray(2).toString("latin1") === fileMagic) return null;
    return "it ends without the mark of an Arrow stream's end: it is cut off, or was never finished";
  },
};

/** @throws where the stream is damaged */
export async function* readArrow(path: string): AsyncGenerator<RowBatch, void, undefined> {
  await registerArrowCodecs();
  const store = storeOf(path);
  const file = (await isFile(path)) ? await store.open(path) : null;
  try {
    const reader = await (file === null
      ? RecordBatchReader.from(store.stream(path))
      : openFileReader(file, () => store.read(path)));
    await reader.open();
    for await (const batch of reader) yield await toBatch(batch, dirname(path));
  } finally {
    await file?.close();
  }
}

/** A footer says where a file's batches are: read by position on a disk, for which this library wants a handle; else whole. */
async function openFileReader(file: StoredFile, readAll: () => Promise<Buffer | null>) {
  if (file.fd !== undefined) return RecordBatchReader.from(file as FileHandle);
  return RecordBatchReader.from((await readAll()) ?? Buffer.alloc(0));
}

async function isFile(path: string): Promise<boolean> {
  return (await readTail(path, 6)).toString("latin1") === fileMagic;
}

async function toBatch(batch: RecordBatch, folder: string): Promise<RowBatch> {
  const { schema } = batch;
  const fields = findFields(schema.names.map(String));
  const columns = fields.columns.map((name) => ({ name, vector: batch.getChild(name) }));
  const picture = pictureReader(batch, folder);
  const rows: RowBatch["rows"] = [];
  for (let index = 0; index < batch.numRows; index += 1) {
    const record: Record<string, unknown> = {};
    for (const { name, vector } of columns) record[name] = vector?.get(index) as unknown;
    rows.push(toDatasetRow(record, fields, (await picture?.(index)) ?? null));
  }
  return {
    rows,
    columns: schema.fields.map((field) => field.toString()),
    features: schema.metadata.get("huggingface") ?? null,
  };
}

type PictureReader = (index: number) => Uint8Array | null | Promise<Uint8Array | null>;

function pictureReader(batch: RecordBatch, folder: string): PictureReader | null {
  const name = pictureColumn(batch.schema);
  const column: Vector | null = name === null ? null : batch.getChild(name);
  if (column === null) return null;
  if (!DataType.isStruct(column.type)) return (index) => column.get(index) as Uint8Array | null;
  const [bytes, path] = [column.getChild("bytes"), column.getChild("path")];
  return (index) => {
    const stored = bytes?.get(index) as Uint8Array | null | undefined;
    if (stored !== null && stored !== undefined) return stored;
    const named = path?.get(index) as string | null | undefined;
    return named === null || named === undefined ? null : readPictureFile(folder, named);
  };
}

function pictureColumn({ fields }: Schema): string | null {
  const found =
    fields.find(
      ({ type }) => DataType.isStruct(type) && type.children.some(({ name }) => name === "bytes"),
    ) ??
    fields.find(
      ({ name, type }) =>
        pictureNames.test(name) && (DataType.isBinary(type) || DataType.isLargeBinary(type)),
    );
  return found?.name ?? null;
}
