import { hash } from "node:crypto";

import type { DatasetRow } from "../verify/formats/dataset-format.js";
import { GrowingColumn } from "../verify/checks/growing-column.js";
import { findFormat } from "../verify/formats/find-format.js";
import { RowPlaces } from "../verify/checks/row-places.js";

/** What two datasets are compared by, 28 bytes a row. */
export interface RowTable {
  rows: number;
  /** First 96 bits of SHA-256 of the key. */
  keys: { high: Uint32Array; low: Uint32Array; third: Uint32Array };
  /** First 64 bits of SHA-256 of all captions, and of the stored picture. */
  captions: { high: Uint32Array; low: Uint32Array };
  pictures: { high: Uint32Array; low: Uint32Array };
  places: RowPlaces;
  splits: Record<string, number>;
}

/** Reads what a dataset of any format is compared by. Rows without a key are known by their URL, else by their picture. */
export async function readRowTable(folder: string, format: string): Promise<RowTable> {
  const found = await findFormat(folder, format);
  const columns = Array.from({ length: 7 }, () => new GrowingColumn());
  const places = new RowPlaces();
  const splits: Record<string, number> = {};
  let rows = 0;
  for (const file of found.files) {
    places.begin(file.name, file.split, rows);
    for await (const batch of found.format.read(folder, file, found.names)) {
      for (const row of batch.rows)
        for (const [index, word] of wordsOf(row).entries()) columns[index]?.push(word);
      rows += batch.rows.length;
      splits[file.split] = (splits[file.split] ?? 0) + batch.rows.length;
    }
  }
  const [high, low, third, captionHigh, captionLow, pictureHigh, pictureLow] = columns.map((column) =>
    column.take(),
  ) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  return {
    rows,
    keys: { high, low, third },
    captions: { high: captionHigh, low: captionLow },
    pictures: { high: pictureHigh, low: pictureLow },
    places,
    splits,
  };
}

function wordsOf({ key, url, captions, picture }: DatasetRow): number[] {
  const stored = hash("sha256", picture ?? new Uint8Array(), "buffer");
  const name = hash("sha256", key ?? url ?? stored, "buffer");
  const texts = hash(
    "sha256",
    JSON.stringify(captions.map(({ name: column, text }) => [column, text])),
    "buffer",
  );
  return [
    name.readUInt32BE(0),
    name.readUInt32BE(4),
    name.readUInt32BE(8),
    texts.readUInt32BE(0),
    texts.readUInt32BE(4),
    stored.readUInt32BE(0),
    stored.readUInt32BE(4),
  ];
}
