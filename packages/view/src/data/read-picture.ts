import { readImages } from "@leyenda/core";

import type { ArrowFiles } from "../arrow/arrow-files.js";
import type { OpenedDataset } from "./open-dataset.js";
import { readRecord } from "./read-record.js";
import { readShardRow } from "./read-shard-row.js";
import { sniffPicture } from "./sniff-picture.js";

export interface Picture {
  bytes: Uint8Array;
  /** Media type, by the bytes themselves. */
  type: string;
}

/** Which of a row's pictures: the one in the dataset, the one that was cleaned, or the body as it was downloaded. */
export type PicturePlace =
  | { from: "dataset"; split: string; position: number }
  | { from: "clean" | "fetched"; index: number };

/** Bodies that may hang or harm what decodes them. */
const dangerous = ["bomb", "decoder_timeout", "decoder_crash"];

/** @returns null where there is no such picture, or none that is shown */
export async function readPicture(
  files: ArrowFiles,
  opened: OpenedDataset,
  place: PicturePlace,
): Promise<Picture | null> {
  const bytes =
    place.from === "dataset"
      ? ((await readShardRow(opened, place.split, place.position))?.image.bytes ?? null)
      : await fromPart(files, opened, place.from, place.index);
  const type = bytes === null ? null : sniffPicture(bytes);
  return bytes === null || type === null ? null : { bytes, type };
}

async function fromPart(
  files: ArrowFiles,
  { list }: OpenedDataset,
  from: "clean" | "fetched",
  index: number,
): Promise<Uint8Array | null> {
  const place = list?.locate(index) ?? null;
  if (place === null) return null;
  const { item, row } = place;
  const clean = await files.use(item.clean.rows, (file) => readRecord(file, row));
  if (from === "clean") return readRange(item.clean.images, clean);
  if (item.fetched === null || dangerous.includes(clean.outcome as string)) return null;
  const fetched = await files.use(item.fetched.rows, (file) => readRecord(file, row));
  return readRange(item.fetched.files[fetched.image_file as string] ?? "", fetched);
}

async function readRange(path: string, row: Readonly<Record<string, unknown>>): Promise<Uint8Array | null> {
  if (path === "" || row.image_offset === null || row.image_length === null) return null;
  const images = await readImages(path);
  try {
    return await images.read({ offset: Number(row.image_offset), length: Number(row.image_length) });
  } finally {
    await images.close();
  }
}
