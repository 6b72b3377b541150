import { LeyendaError } from "@leyenda/core";

import { findFormat } from "./verify/formats/find-format.js";
import type { DatasetRow } from "./verify/formats/dataset-format.js";

export interface ReadRowsOptions {
  /** The split to read. @default every split */
  split?: string;
  /** `arrow`, `disk`, `parquet`, `webdataset`, `imagefolder`, or `auto`. @default "auto" */
  format?: string;
}

/**
 * Reads the rows of a dataset folder of any format in order, a batch in memory at a time.
 *
 * @throws LeyendaError DATA_MISSING for a folder without a dataset or without that split, USAGE for a format that is unknown or ambiguous
 */
export async function* readRows(
  folder: string,
  { split, format = "auto" }: ReadRowsOptions = {},
): AsyncGenerator<DatasetRow & { file: string; index: number }, void, undefined> {
  const found = await findFormat(folder, format);
  const files = found.files.filter((file) => split === undefined || file.split === split);
  if (files.length === 0)
    throw new LeyendaError("DATA_MISSING", `there is no split "${split ?? ""}"`, {
      where: folder,
      expected: [...new Set(found.files.map((file) => file.split))].join(", "),
    });
  for (const file of files) {
    let index = 0;
    for await (const batch of found.format.read(folder, file, found.names))
      for (const row of batch.rows) yield { ...row, file: file.name, index: index++ };
  }
}
