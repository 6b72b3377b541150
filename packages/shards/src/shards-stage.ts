import { join } from "node:path";

import {
  type DatasetConfig,
  hashJson,
  ImageFiles,
  type Json,
  LeyendaError,
  type Manifest,
  type PartContext,
  type PartPlan,
  type PartResult,
  openRows,
  requireManifest,
  type RowCounter,
  type Stage,
  type StageContext,
  type TranslatedRow,
  withProgress,
} from "@leyenda/core";

import { writeCard } from "./card/write-card.js";
import { rootHash } from "./root-hash.js";
import { renderShardIndex } from "./random-access/shard-index.js";
import { splits } from "./shard-name.js";
import { readTakedowns } from "./takedown/takedown-log.js";
import { arrangedBatches } from "./write/arranged-batches.js";
import { shardSchema } from "./write/shard-schema.js";
import { type ShardBatch, writeBatches } from "./write/write-batches.js";

let opening: Promise<ImageFiles> | undefined;

/** The stage from arranged rows and clean pictures to the finished dataset: a part for every shard. */
export const stage: Stage = {
  name: "shards",
  folder: "dataset",
  module: import.meta.url,
  // While one is brought to the disk, the next is laid out.
  partsInFlight: 2,
  // Hidden, so that `load_dataset(folder)` finds the shards alone.
  recordFolder: ".records",
  naming: (part, role) => `${part}.${role === "shard" ? "arrow" : "index"}`,
  versions: () => ({ node: process.version }),
  options: ({ config }) => ({
    "shards.rowsPerBatch": config.shards.rowsPerBatch,
    "shards.compression": config.shards.compression,
    "shards.license": config.shards.license,
    "shards.about": config.shards.about,
    ...(carriesExtra(config) ? { "source.extraColumns": config.source.extraColumns } : {}),
  }),
  plan: async ({ folders }) => {
    const arranged = await requireManifest(folders.arranged, "shards");
    const clean = await requireManifest(folders.clean, "clean");
    const [arrangement] = arranged.parts;
    const rows = (arrangement?.facts.shardRows ?? {}) as Record<string, number>;
    return {
      parts: Object.entries(rows).map(([name, count]) => {
        const file = arrangement?.files[`${name}.arrow`];
        if (file === undefined)
          throw new LeyendaError("DATA_CORRUPT", `${name} is not arranged`, { where: folders.arranged });
        return { name, rows: count, inputHash: hashJson([file.sha256, clean.hash]), input: file.name };
      }),
    };
  },
  run: (part, context) => withProgress((counter) => makeShard(part, context, counter)),
  finish,
  close: async () => {
    await (await opening)?.close();
    opening = undefined;
  },
};

async function makeShard(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const { folders, config, signal } = context;
  const rows = await openRows<TranslatedRow>(join(folders.arranged, part.input as string));
  const schema = shardSchema(carriesExtra(config));
  const options = {
    rowsPerBatch: config.shards.rowsPerBatch,
    extension: config.clean.format === "jpeg" ? "jpg" : config.clean.format,
  };
  opening ??= requireManifest(folders.clean, "clean").then((clean) => new ImageFiles(folders.clean, clean));
  const images = await opening;
  const shard = await context.create("shard");
  const places = await writeBatches(shard, schema, batches(), config.shards.compression);
  const index = await context.create("index");
  await index.write([Buffer.from(renderShardIndex((await shard.close()).bytes, places))]);
  return { rows: rows.rows, outcomes: counter.outcomes };

  async function* batches(): AsyncGenerator<ShardBatch, void, undefined> {
    for await (const batch of arrangedBatches(schema, rows, images, options)) {
      signal.throwIfAborted();
      counter.many("ok", batch.rows, batch.imageBytes);
      yield batch;
    }
  }
}

function carriesExtra({ source }: DatasetConfig): boolean {
  return source.extraColumns.length > 0;
}

async function finish(context: StageContext, manifest: Manifest): Promise<Record<string, Json>> {
  const summary: Record<string, Json> = { rootHash: rootHash(manifest), splits: {} };
  for (const split of splits) {
    const parts = manifest.parts.filter(({ part }) => part.startsWith(`${split}-`));
    const bytes = parts.flatMap(({ files }) => files.shard ?? []).reduce((sum, file) => sum + file.bytes, 0);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    (summary.splits as Record<string, Json>)[split] = { rows, bytes, shards: parts.length };
  }
  const arranged = await requireManifest(context.folders.arranged, "shards");
  const { quarantined, takenDown: removed = {}, backfilled = {} } = arranged.parts[0]?.facts ?? {};
  if (quarantined !== undefined) summary.quarantined = quarantined;
  const { requests, digest } = await readTakedowns(context.folders.root);
  if (digest !== null) {
    const previousRootHashes = requests.map(({ previousRootHash }) => previousRootHash);
    summary.takedown = { digest, removed, backfilled, previousRootHashes };
  }
  // Kept for the exports, which may be made where the stages before are no longer.
  summary.card = (await writeCard(context, manifest, summary)) as unknown as Json;
  return summary;
}
