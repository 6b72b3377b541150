import { join } from "node:path";

import {
  type FileEntry,
  hashJson,
  LeyendaError,
  type Manifest,
  type PartContext,
  type PartPlan,
  type PartResult,
  requireManifest,
  type RowCounter,
  type Stage,
  storeOf,
  withProgress,
} from "@leyenda/core";

import { type Compression } from "../arrow-codecs.js";
import { forms } from "../card/forms.js";
import type { CardData, CardFacts } from "../card/render-card.js";
import { writeDescription } from "../card/write-description.js";
import { type ShardRange, type Split, splits } from "../shard-name.js";
import type { ExportFormat, ExportSource, ExportWriter } from "./export-format.js";
import { exportedName, exportedSplit } from "./exported-name.js";
import { hfDisk } from "./formats/write-hf-disk.js";
import { imagefolder } from "./formats/write-imagefolder.js";
import { parquet } from "./formats/write-parquet.js";
import { webdataset } from "./formats/write-webdataset.js";
import { planExport } from "./plan-export.js";
import { readRange } from "./read-range.js";

export interface ExportOptions {
  format: ExportFormat;
  /** @default all splits */
  split?: Split | undefined;
  /** Most rows in a shard. @default those of the dataset's shards, if there is no other limit */
  rowsPerShard?: number | undefined;
  /** About the most bytes in a shard, as the dataset's record batches have them. */
  bytesPerShard?: number | undefined;
}

const writers: Record<ExportFormat, ExportWriter> = {
  parquet,
  webdataset,
  imagefolder,
  "hf-disk": hfDisk,
};

/** What a worker process must know of a part. */
interface PartInput extends Pick<ShardRange, "split" | "start" | "end"> {
  format: ExportFormat;
}

/**
 * The stage from a finished dataset to another format: a part for every shard of the export, made, committed, resumed and recorded
 * like those of the other stages. The export's folder is `folders.exported`.
 */
export function exportStage(options: ExportOptions): Stage {
  const writer = writers[options.format];
  return {
    ...stage,
    options: () => ({
      "export.format": options.format,
      "export.split": options.split ?? null,
      "export.rowsPerShard": options.rowsPerShard ?? null,
      "export.bytesPerShard": options.bytesPerShard ?? null,
    }),
    plan: async ({ folders }) => {
      const manifest = await requireManifest(folders.dataset, "shards");
      const ranges = await planExport(folders.dataset, manifest, options);
      if (ranges.length === 0)
        throw new LeyendaError("DATA_MISSING", "there is nothing to export", {
          where: folders.dataset,
          expected: "rows in the split",
        });
      return {
        parts: ranges.map(({ name, split, start, end }) => ({
          name,
          rows: end - start,
          inputHash: hashJson([manifest.summary.rootHash ?? manifest.hash, split, start, end]),
          input: { format: options.format, split, start, end },
        })),
      };
    },
    finish: async ({ folders }, exported) => {
      const manifest = await requireManifest(folders.dataset, "shards");
      await writer.finish?.(folders, exported, sourceOf(manifest));
      await removeStale(folders.exported, exported);
      const { rootHash, card } = manifest.summary;
      const splits = countsOf(exported);
      // Datasets of earlier versions have no facts for a card.
      if (card !== undefined && typeof rootHash === "string")
        await writeDescription({
          folder: folders.exported,
          facts: card as unknown as CardFacts,
          form: forms[options.format],
          isExport: true,
          splits,
          rootHash,
          files: filesOf(exported),
        });
      return { format: options.format, rootHash: rootHash ?? null, splits };
    },
  };
}

/** What worker processes load; the options of a part come with it. */
export const stage: Stage = {
  name: "export",
  folder: "exported",
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".records",
  naming: exportedName,
  versions: () => ({ node: process.version }),
  options: () => ({}),
  plan: () => Promise.resolve({ parts: [] }),
  run: (part, context) => withProgress((counter) => exportPart(part, context, counter)),
};

async function exportPart(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const { folders, config } = context;
  const { format, ...range } = part.input as unknown as PartInput;
  const writer = writers[format];
  const manifest = await requireManifest(folders.dataset, "shards");
  await writer.write(batches(), context, sourceOf(manifest));
  return { rows: part.rows, outcomes: counter.outcomes };

  async function* batches(): ReturnType<typeof readRange> {
    for await (const rows of readRange(folders.dataset, manifest, range, config.shards.rowsPerBatch)) {
      context.signal.throwIfAborted();
      for (const { image } of rows) counter.row("ok", image.bytes.byteLength);
      yield rows;
    }
  }
}

function sourceOf({ options }: Manifest): ExportSource {
  return {
    withExtra: "source.extraColumns" in options,
    compression: (options["shards.compression"] ?? "none") as Compression,
  };
}

function filesOf({ parts }: Manifest): { split: string; entry: FileEntry }[] {
  return parts.flatMap(({ part, files }) =>
    Object.values(files).map((entry) => ({ split: exportedSplit(part), entry })),
  );
}

function countsOf({ parts }: Manifest): CardData["splits"] {
  return Object.fromEntries(
    splits.flatMap((split) => {
      const mine = parts.filter(({ part }) => exportedSplit(part) === split);
      const bytes = mine
        .flatMap(({ files }) => Object.values(files))
        .reduce((sum, file) => sum + file.bytes, 0);
      const rows = mine.reduce((sum, part) => sum + part.rows, 0);
      return mine.length === 0 ? [] : [[split, { rows, bytes, shards: mine.length }]];
    }),
  );
}

/** Removes what an earlier export with other options left in the folders of the splits. */
async function removeStale(folder: string, { parts }: Manifest): Promise<void> {
  const present = new Set(
    parts.flatMap(({ part }) => ["data", "pictures"].map((role) => exportedName(part, role))),
  );
  const store = storeOf(folder);
  for (const split of splits) {
    for (const name of await store.list(join(folder, split)))
      if (/^(data-)?\d{5}-of-\d{5}(\.arrow)?$/.test(name) && !present.has(`${split}/${name}`))
        await store.remove(join(folder, split, name));
  }
}
