import type { DatasetFolders, Manifest, PartContext } from "@leyenda/core";

import type { ShardRow } from "../write/shard-schema.js";
import type { Compression } from "../arrow-codecs.js";

/** What a dataset can be exported as. */
export const exportFormats = ["parquet", "webdataset", "imagefolder", "hf-disk"] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** What a format needs to know of the dataset besides its rows. */
export interface ExportSource {
  /** Whether its rows have the column `extra`. */
  withExtra: boolean;
  compression: Compression;
}

/** How rows are written in one format; one part is one file, or one folder of pictures. */
export interface ExportWriter {
  /** Writes a part, holding one batch of rows. */
  write: (
    batches: AsyncIterable<readonly ShardRow[]>,
    context: Pick<PartContext, "create" | "createFolder">,
    source: ExportSource,
  ) => Promise<void>;
  /** What the export has beside its parts; written atomically, the same every time. */
  finish?: (folders: DatasetFolders, exported: Manifest, source: ExportSource) => Promise<void>;
}
