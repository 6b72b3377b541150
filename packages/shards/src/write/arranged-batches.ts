import {
  type ImageFiles,
  type ImagePlace,
  type RowsFile,
  type TakeMemory,
  type TranslatedRow,
  valueOffsets,
} from "@leyenda/core";
import { Binary, type Data, type DataType, makeData, type Schema, type Struct } from "apache-arrow";

import { BatchMemory } from "./batch-memory.js";
import { type BatchRange, cutBatches } from "./cut-batches.js";
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

/** A batch whose pictures are read. */
interface Pictures {
  range: BatchRange;
  bytes: Data<Binary>;
  take: TakeMemory;
}

/**
 * Lays out the record batches of a shard from its arranged rows and the pictures that they name. No row becomes an object: columns
 * are parts of the rows file's, pictures are read to where they are written from, those of a batch while the one before is written.
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
  const memory = new BatchMemory(2);
  const ranges = [...cutBatches(lengths, rowsPerBatch)];
  let reading = readNext();
  try {
    for (let batch = await reading; batch !== undefined; batch = await reading) {
      reading = readNext();
      // Thrown where it is waited for.
      reading.catch(() => undefined);
      yield layOut(batch);
    }
  } finally {
    // Nothing is to be read any more from files that are closed then.
    await reading.catch(() => undefined);
  }

  async function readNext(): Promise<Pictures | undefined> {
    const range = ranges.shift();
    if (range === undefined) return undefined;
    const { start, end } = range;
    const places = Array.from({ length: end - start }, (_, index): ImagePlace => ({
      part: parts[start + index] ?? "",
      offset: Number(offsets[start + index]),
      length: lengths[start + index] ?? 0,
    }));
    const take = memory.nextBatch();
    const ends = valueOffsets(places.length, (row) => places[row]?.length ?? 0, take);
    const data = take(ends.at(-1) ?? 0);
    await images.read(places, data);
    const bytes = makeData({
      type: new Binary(),
      length: places.length,
      nullCount: 0,
      valueOffsets: ends,
      data,
    });
    return { range, bytes, take };
  }

  function layOut({ range: { start, end }, bytes, take }: Pictures): ShardBatch & { imageBytes: number } {
    const columns = schema.fields.map(({ name, type }): Data => {
      if (name === "image")
        return imageData(type as Struct, bytes, (row) => `${keys[start + row] ?? ""}.${extension}`, take);
      const origin = origins[name as keyof ShardRow] ?? (name as keyof TranslatedRow);
      return rows.slice(origin, type as DataType, start, end, take);
    });
    return { rows: end - start, columns, imageBytes: bytes.values.byteLength };
  }
}
