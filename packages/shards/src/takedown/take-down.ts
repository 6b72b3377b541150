import { join } from "node:path";

import {
  hashJson,
  isBucket,
  LeyendaError,
  type Manifest,
  readManifest,
  readRows,
  requireManifest,
  runStage,
  type Stage,
  type StageContext,
  type StageEvent,
  type TranslatedRow,
} from "@leyenda/core";

import { stage as arrangeStage } from "../arrange-stage.js";
import { stage as shardsStage } from "../shards-stage.js";
import type { Backfill } from "./backfill/backfill.js";
import { planBackfill } from "./backfill/make-backfill.js";
import { matchTakedowns } from "./match-takedowns.js";
import { copyByLinks, recoverSwap, swapIn } from "./swap-dataset.js";
import { addTakedown, readTakedowns, type TakedownEntry } from "./takedown-log.js";

const matchedColumns = ["key", "url", "final_url", "source_sha256", "split"] as const;

export interface TakeDownOptions extends StageContext {
  /** What is to go. None ends a takedown that was interrupted. */
  entries: readonly TakedownEntry[];
  /** Say what would go, and change nothing. @default false */
  dryRun?: boolean;
  /** Fill the places that are free, after this takedown and those before, with rows of the reserve. @default leave them free */
  backfill?: Backfill | undefined;
  /** @default 1 */
  workers?: number;
  /** When it was asked for. @default now */
  at?: Date;
  onEvent?: (event: StageEvent) => void;
}

export interface TakeDownResult {
  /** Rows that are taken down by this request, or would be. */
  rows: number;
  splits: Record<string, number>;
  /** Names of the shards that they are in. */
  shards: string[];
  /** Entries under which no row of the dataset falls; a later build honours them, too. */
  unmatched: number;
  /** Rows of the reserve that took places by this request, or would. */
  backfilled: number;
  previousRootHash: string;
  rootHash: string;
}

/**
 * Takes rows out of a finished dataset. The request goes into the data folder's log, which `arrange` honours from then on; the
 * shards of the rows are made anew without them, beside the dataset, and then put in its place. All others stay the same
 * files. With `backfill`, rows of the reserve take the places, so that the splits keep their sizes. Killed at any moment, the dataset is
 * the old one or the new one, and another call goes on.
 *
 * @throws LeyendaError DATA_MISSING without a finished dataset, DATA_MISMATCH when the config is no longer that of the
 *   dataset, NOT_ENOUGH_ROWS when a shard would be left without rows; what
 *   `planBackfill` throws
 */
export async function takeDown(options: TakeDownOptions): Promise<TakeDownResult> {
  const { entries, folders, config, workers = 1, onEvent, dryRun = false, backfill } = options;
  const { root, dataset } = folders;
  const context: StageContext = { config, folders };
  refuseBucket(dataset);
  await recoverSwap(dataset);
  const before = await requireManifest(dataset, "build");
  const arranged = await readManifest(folders.arranged);
  await refuseOtherOptions(shardsStage, before, context);
  if (arranged !== null) await refuseOtherOptions(arrangeStage, arranged, context);
  const previousRootHash = hashOf(before);
  const found = await findRows(before, arranged, context, entries, { mayEmpty: backfill !== undefined });
  const log = await readTakedowns(root);
  const planned =
    backfill === undefined
      ? null
      : await planBackfill(context, log.requests, [...log.entries, ...entries], backfill);
  const backfilled = planned?.rows ?? 0;
  const result = { ...found, backfilled, previousRootHash, rootHash: previousRootHash };
  if (dryRun) return result;
  const filled = await planned?.write();
  await addTakedown(root, {
    at: (options.at ?? new Date()).toISOString(),
    previousRootHash,
    entries: [...entries],
    ...(filled === undefined ? {} : { backfill: filled }),
  });
  const shared = { config, workers, overwrite: true, ...(onEvent === undefined ? {} : { onEvent }) };
  await runStage(arrangeStage, { ...shared, folders });
  const { digest } = await readTakedowns(root);
  if ((before.summary.takedown as { digest?: string } | undefined)?.digest === (digest ?? undefined))
    return result;
  const run = await runStage(shardsStage, {
    ...shared,
    folders: { ...folders, dataset: await copyByLinks(dataset) },
  });
  if (!run.complete) throw new Error("the shards were not made");
  await swapIn(dataset);
  return { ...result, ...changes(before, run.manifest, found), rootHash: hashOf(run.manifest) };
}

/** Nothing in a bucket can be renamed, so no moment is between the old dataset and the new. */
function refuseBucket(folder: string): void {
  if (!isBucket(folder)) return;
  throw new LeyendaError("USAGE", "rows cannot be taken out of a dataset in a bucket", {
    where: folder,
    expected: "a data folder on a disk",
    hint: "copy the data folder to a disk, take them down there, and copy it back",
  });
}

function hashOf({ summary: { rootHash } }: Manifest): string {
  return typeof rootHash === "string" ? rootHash : "";
}

type Gone = Pick<TakeDownResult, "rows" | "splits" | "shards">;

/** What went between two states of the dataset: also what an interrupted call had asked for, which `found` no longer finds. */
function changes(before: Manifest, after: Manifest, found: Gone): Gone {
  const now = new Map(after.parts.map((entry) => [entry.part, entry]));
  const touched = before.parts.filter(({ part, hash }) => now.get(part)?.hash !== hash);
  const splits: Record<string, number> = {};
  for (const { part, rows } of touched) {
    const split = part.split("-")[0] ?? "";
    splits[split] = (splits[split] ?? 0) + rows - (now.get(part)?.rows ?? 0);
  }
  const shards = touched.map(({ part }) => part);
  return found.rows > 0 ? { ...found, shards } : { rows: before.rows - after.rows, splits, shards };
}

/** Another config would make shards anew that hold none of the rows. */
async function refuseOtherOptions(stage: Stage, manifest: Manifest, context: StageContext): Promise<void> {
  if (manifest.configHash === hashJson(await stage.options(context))) return;
  throw new LeyendaError("DATA_MISMATCH", `the dataset was made with other options of ${stage.name}`, {
    where: context.folders[stage.folder],
    hint: "take rows down with the config that the dataset was made with, or build it anew first",
  });
}

async function findRows(
  dataset: Manifest,
  arranged: Manifest | null,
  { folders, config }: StageContext,
  entries: readonly TakedownEntry[],
  { mayEmpty }: { mayEmpty: boolean },
): Promise<Gone & Pick<TakeDownResult, "unmatched">> {
  const match = matchTakedowns(entries);
  const splits: Record<string, number> = {};
  const shards: string[] = [];
  const matched = new Set<TakedownEntry>();
  const files = arranged?.parts[0]?.files ?? {};
  for (const { part } of dataset.parts) {
    const file = files[`${part}.arrow`];
    // A takedown that was interrupted while it arranged: the rows have been looked for before.
    if (file === undefined) continue;
    const path = join(folders.arranged, file.name);
    const rows = await readRows<TranslatedRow, (typeof matchedColumns)[number]>(path, matchedColumns);
    const gone = rows.filter((row) => {
      const entry = match(row);
      if (entry !== null) matched.add(entry);
      return entry !== null;
    });
    if (gone.length === 0) continue;
    if (gone.length === rows.length && !mayEmpty) throw emptied(part, config.name);
    shards.push(part);
    for (const { split } of gone) splits[split] = (splits[split] ?? 0) + 1;
  }
  const rows = Object.values(splits).reduce((sum, count) => sum + count, 0);
  return { rows, splits, shards, unmatched: entries.length - matched.size };
}

function emptied(shard: string, name: string): LeyendaError {
  return new LeyendaError("NOT_ENOUGH_ROWS", `no row of ${shard} would be left`, {
    where: shard,
    expected: "a row in each shard: loaders refuse empty ones, and their number is in the others' names",
    hint: `put what is to go on a list of select.exclude in the config of ${name}, and build it anew`,
  });
}
