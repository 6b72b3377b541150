import { LeyendaError } from "@leyenda/core";

/** A picture of a dataset and what it is called. */
export interface NamedRow {
  /** The row's key, or its URL, or its place. */
  name: string;
  picture: Uint8Array | LeyendaError;
  captions: readonly { name: string; text: string | null }[];
  /** File and row, for errors. */
  where: string;
}

/**
 * Reads a split of a dataset folder of any format, row by row.
 *
 * @throws LeyendaError DATA_MISSING for a folder without a dataset or without that split
 */
export async function* namedRows(folder: string, split: string): AsyncGenerator<NamedRow, void, undefined> {
  const { readRows } = await import("@leyenda/shards/read");
  for await (const { key, url, picture, captions, file, index } of readRows(folder, { split })) {
    const where = `${file}, row ${index}`;
    yield {
      name: key ?? url ?? `${file}:${index}`,
      picture: picture ?? new LeyendaError("SOURCE_MISSING", "the row has no picture", { where }),
      ...{ captions, where },
    };
  }
}
