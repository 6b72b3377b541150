import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

import { ArrowStreamEncoder, binaryData, sha256 } from "@leyenda/core";
import { Binary, Field, makeData, Schema, Struct, Utf8, vectorFromArray } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import tar from "tar-stream";

/** A row as another tool might write it. */
export interface PlainRow {
  key: string;
  caption: string;
  picture: Uint8Array;
}

/** Rows of each shard of each split. */
export type PlainShards = Record<string, PlainRow[][]>;

/** Writes the same rows as one of the formats that others write. */
export type WriteFormat = (folder: string, shards: PlainShards) => Promise<void>;

export const writeFormats: Record<string, WriteFormat> = {
  arrow: (folder, shards) =>
    eachShard(shards, (name, rows) => writeFile(join(folder, `${name}.arrow`), arrowStream(rows))),
  disk: async (folder, shards) => {
    await writeFile(join(folder, "dataset_dict.json"), JSON.stringify({ splits: Object.keys(shards) }));
    for (const [split, all] of Object.entries(shards)) {
      const at = join(folder, split);
      await mkdir(at, { recursive: true });
      const names = all.map((_, index) => `data-${numbered(index, all.length)}.arrow`);
      await Promise.all(names.map((name, index) => writeFile(join(at, name), arrowStream(all[index] ?? []))));
      const files = names.map((filename) => ({ filename }));
      await writeFile(join(at, "state.json"), JSON.stringify({ _data_files: files, _split: split }));
      await writeFile(join(at, "dataset_info.json"), JSON.stringify({ features: {} }));
    }
  },
  parquet: (folder, shards) =>
    eachShard(shards, async (name, rows) => {
      const columnData = [
        { name: "image", data: rows.map(({ picture }) => picture), type: "BYTE_ARRAY" as const },
        { name: "caption", data: rows.map(({ caption }) => caption), type: "STRING" as const },
        { name: "key", data: rows.map(({ key }) => key), type: "STRING" as const },
      ];
      await writeFile(join(folder, `${name}.parquet`), Buffer.from(parquetWriteBuffer({ columnData })));
    }),
  webdataset: (folder, shards) =>
    eachShard(shards, async (name, rows) => {
      const pack = tar.pack();
      const written = pipeline(pack, createWriteStream(join(folder, `${name}.tar`)));
      for (const { key, caption, picture } of rows) {
        pack.entry({ name: `${key}.jpg` }, Buffer.from(picture));
        pack.entry({ name: `${key}.json` }, JSON.stringify({ key, caption }));
      }
      pack.finalize();
      await written;
    }),
  imagefolder: async (folder, shards) => {
    for (const [split, all] of Object.entries(shards)) {
      await mkdir(join(folder, split), { recursive: true });
      const lines: string[] = [];
      for (const { key, caption, picture } of all.flat()) {
        const name = `${key}-${lines.length}.jpg`;
        await writeFile(join(folder, split, name), picture);
        lines.push(`${JSON.stringify({ file_name: name, caption, key })}\n`);
      }
      await writeFile(join(folder, split, "metadata.jsonl"), lines.join(""));
    }
  },
};

/** Writes `SHA256SUMS` over all files, as `sha256sum` prints it. */
export async function writeSums(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    lines.push(`${sha256(await readFile(path))}  ./${relative(folder, path)}\n`);
  }
  await writeFile(join(folder, "SHA256SUMS"), lines.join(""));
}

async function eachShard(
  shards: PlainShards,
  write: (name: string, rows: PlainRow[]) => Promise<void>,
): Promise<void> {
  for (const [split, all] of Object.entries(shards))
    for (const [index, rows] of all.entries()) await write(`${split}-${numbered(index, all.length)}`, rows);
}

function numbered(index: number, count: number): string {
  return `${String(index).padStart(5, "0")}-of-${String(count).padStart(5, "0")}`;
}

function arrowStream(rows: readonly PlainRow[]): Buffer {
  const image = new Struct([new Field("bytes", new Binary(), true), new Field("path", new Utf8(), true)]);
  const features = { image: { _type: "Image" }, caption: { dtype: "string", _type: "Value" } };
  const schema = new Schema(
    [
      new Field("image", image, true),
      new Field("caption", new Utf8(), true),
      new Field("key", new Utf8(), true),
    ],
    new Map([["huggingface", JSON.stringify({ info: { features } })]]),
  );
  const encoder = new ArrowStreamEncoder(schema);
  const text = (values: string[]): ReturnType<typeof makeData> => {
    const [data] = vectorFromArray(values, new Utf8()).data;
    if (data === undefined) throw new RangeError("a shard needs a row");
    return data as ReturnType<typeof makeData>;
  };
  const pictures = makeData({
    type: image,
    length: rows.length,
    nullCount: 0,
    children: [binaryData(rows.map(({ picture }) => picture)), text(rows.map(({ key }) => `${key}.jpg`))],
  });
  const batch = encoder.batch(rows.length, [
    pictures as ReturnType<typeof makeData>,
    text(rows.map(({ caption }) => caption)),
    text(rows.map(({ key }) => key)),
  ]);
  return Buffer.concat([...batch, ...encoder.finish()]);
}
