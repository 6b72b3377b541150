import type { TranslatedRow } from "@leyenda/core";

/** What a row takes besides its picture and the texts below: keys, hashes, offsets, columns of fixed width. */
const fixedBytes = 500;

/** A record batch's header, and the padding of its buffers. */
const headerBytes = 4096;

/** What the size of a row follows from. */
export const sizedColumns = [
  "caption_es",
  "caption_en",
  "url",
  "final_url",
  "flags",
  "extra",
  "image_length",
] as const satisfies (keyof TranslatedRow)[];

/** The most bytes that a row takes in a shard, its share of the batch's header included. */
export function rowBytes(
  row: Pick<TranslatedRow, (typeof sizedColumns)[number]>,
  rowsPerBatch: number,
): number {
  const texts = [row.caption_es, row.caption_en, row.url, row.final_url, row.flags, row.extra ?? ""];
  return texts.reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    row.image_length + fixedBytes + headerBytes / rowsPerBatch,
  );
}
