import {
  type ImageFiles,
  type ImagePlace,
  type RowsFile,
  type TranslatedRow,
  valueOffsets,
} from "@leyenda/core";
import { Binary, type Data, type DataType, makeData, type Schema, type Struct } from "apache-arrow";

import { BatchMemory } from "./batch-memory.js";
import { cutBatches } from "./cut-batches.js";
import { imageData } from "./image-data.js";
import type { ShardRow } from "./shard-schema.js";
import type { ShardBatch } from "./write-batches.js";

/** Columns of a shard that have another name among the arranged rows. */
const origins: Partial<Record<keyof ShardRow, keyof TranslatedRow>> = {
  source_line: "line",
  translation_score: "score",
  translation_flags: "flags",
};

export interface ArrangedBatchesOptions {
  rowsPerBatch: number;
  /** What pictures' names end in. */
  extension: string;
}

/**
 * Lays out the record batches of a shard from its arranged rows and the pictures that they name. No row becomes an object: columns
 * are parts of the rows file's, pictures are read to where they are written from.
 *
 * @param rows in the order of the shard
 */
export async function* arrangedBatches(
  schema: Schema,
  rows: RowsFile<TranslatedRow>,
  images: ImageFiles,
  { rowsPerBatch, extension }: ArrangedBatchesOptions,
): AsyncGenerator<ShardBatch & { imageBytes: number }, void, undefined> {
  const [keys, parts] = [rows.column("key"), rows.column("image_part")];
  const [offsets, lengths] = [rows.column("image_offset"), rows.column("image_length")];
  const memory = new BatchMemory();
  for (const { start, end } of cutBatches(lengths, rowsPerBatch)) {
    const places = Array.from({ length: end - start }, (_, index): ImagePlace => ({
      part: parts[start + index] ?? "",
      offset: Number(offsets[start + index]),
      length: lengths[start + index] ?? 0,
    }));
    memory.nextBatch();
    const ends = valueOffsets(
      places.map(({ length }) => length),
      memory.take,
    );
    const imageBytes = ends.at(-1) ?? 0;
    const data = memory.take(imageBytes);
    await images.read(places, data);
    const bytes = makeData({
      type: new Binary(),
      length: places.length,
      nullCount: 0,
      valueOffsets: ends,
      data,
    });
    const columns = schema.fields.map(({ name, type }): Data => {
      if (name === "image")
        return imageData(
          type as Struct,
          bytes,
          (row) => `${keys[start + row] ?? ""}.${extension}`,
          memory.take,
        );
      return rows.slice(
        origins[name as keyof ShardRow] ?? (name as keyof TranslatedRow),
        type as DataType,
        start,
        end,
        memory.take,
      );
    });
    yield { rows: places.length, columns, imageBytes };
  }
}
