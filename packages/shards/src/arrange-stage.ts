import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import {
  contentNaming,
  hashJson,
  LeyendaError,
  openRows,
  type PartContext,
  type PartPlan,
  type PartResult,
  requireManifest,
  type RowCounter,
  type RowsFile,
  RowsSpill,
  scratchFolder,
  type Stage,
  type TranslatedRow,
  translatedRowSchema,
  withProgress,
  writeRows,
} from "@leyenda/core";

import { countShards } from "./count-shards.js";
import { quarantinedFlags } from "./quarantined-flags.js";
import { rowBytes, sizedColumns } from "./row-bytes.js";
import { divideSplit, type ShardRange, type Split, splits } from "./shard-name.js";
import { readBackfills } from "./takedown/backfill/read-backfills.js";
import { matchTakedowns } from "./takedown/match-takedowns.js";
import { readTakedowns } from "./takedown/takedown-log.js";

/**
 * Rows of shards that are made together. The translated parts are read once, and each row is laid aside with those of its group: every
 * part has rows of every shard, but a group fits into memory.
 */
const rowsInGroup = 100_000;

/**
 * Brings the rows, which lie in the list's order, into the order of the shards: one part, with a rows file for each shard. Rows
 * only; pictures stay where they are until a shard is written. Rows that were taken down, or whose translation has a flag of those that
 * are quarantined, are left out, and all others keep the shard that they had: only shards that held such rows differ.
 */
export const stage: Stage = {
  name: "arrange",
  folder: "arranged",
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".",
  naming: contentNaming,
  versions: () => ({ node: process.version }),
  options: ({ config: { shards, translate } }) => {
    const quarantined = quarantinedFlags(translate.policy);
    return {
      "shards.rowsPerShard": shards.rowsPerShard,
      "shards.bytesPerShard": shards.bytesPerShard,
      ...(quarantined.length === 0 ? {} : { "translate.policy": quarantined }),
    };
  },
  plan: async ({ folders }) => {
    const translated = await requireManifest(folders.translated, "translate");
    const { digest } = await readTakedowns(folders.root);
    const inputHash = digest === null ? translated.hash : hashJson([translated.hash, digest]);
    return { parts: [{ name: "arrangement", rows: translated.rows, inputHash, input: null }] };
  },
  run: (part, context) => withProgress((counter) => arrange(part, context, counter)),
};

async function arrange(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const ranges = await divide(context);
  const replace = await replacer(context);
  const rowsOfShards: Record<string, number> = {};
  const flags = quarantinedFlags(context.config.translate.policy);
  const takenDown = { train: 0, validation: 0 };
  const backfilled = { train: 0, validation: 0 };
  const quarantined = { train: 0, validation: 0 };
  const groups = [...groupsOf(ranges, rowsInGroup)];
  for await (const { group, rowsOf } of layAside(groups, context)) {
    for (const range of group) {
      const { name, split } = range;
      const chosen = rowsOf(range);
      const placed = chosen.flatMap((row) => replace(row) ?? []);
      const rows = placed.filter((row) => !flags.some((flag) => row.flags.split(",").includes(flag)));
      const own = new Set(chosen);
      backfilled[split] += placed.filter((row) => !own.has(row)).length;
      takenDown[split] += chosen.length - placed.length;
      quarantined[split] += placed.length - rows.length;
      counter.many("excluded", chosen.length - rows.length, 0);
      const file = await context.create(`${name}.arrow`);
      await writeRows(file, translatedRowSchema, rows);
      // Closed one by one: there are more shards than a process may hold files open.
      await file.close();
      rowsOfShards[name] = rows.length;
      counter.many(
        "ok",
        rows.length,
        rows.reduce((sum, { image_length: bytes }) => sum + bytes, 0),
      );
    }
  }
  return {
    rows: part.rows,
    outcomes: counter.outcomes,
    facts: {
      shardRows: rowsOfShards,
      takenDown,
      backfilled,
      ...(flags.length === 0 ? {} : { quarantined }),
    },
  };
}

/** @returns a function that gives the row itself, the row that took its place, or null where it was taken down and its place is free */
async function replacer({ folders }: PartContext): Promise<(row: TranslatedRow) => TranslatedRow | null> {
  const { requests, entries } = await readTakedowns(folders.root);
  const match = matchTakedowns(entries);
  const { hash } = await requireManifest(folders.translated, "translate");
  const backfilled = await readBackfills(folders.root, requests, hash);
  return (row) =>
    match(row) === null ? row : (backfilled(row).find((other) => match(other) === null) ?? null);
}

/** The ranges of all shards: rows and their sizes are known, so that no shard comes out larger than it may be. */
async function divide({ config, folders, signal }: PartContext): Promise<ShardRange[]> {
  const { select, shards } = config;
  const sizes = { train: new Float64Array(select.train), validation: new Float64Array(select.validation) };
  const translated = await requireManifest(folders.translated, "translate");
  for (const { files } of translated.parts) {
    signal.throwIfAborted();
    const rows = await openRows<TranslatedRow>(join(folders.translated, files["rows.arrow"]?.name ?? ""));
    for (const row of rows.take(undefined, [...sizedColumns, "split", "position"]))
      sizes[row.split][row.position] = rowBytes(row, shards.rowsPerBatch);
  }
  return splits.flatMap((split) => divideSplit(split, select[split], countShards(sizes[split], shards)));
}

function* groupsOf(ranges: readonly ShardRange[], rows: number): Generator<ShardRange[]> {
  let group: ShardRange[] = [];
  let size = 0;
  for (const range of ranges) {
    if (group.length > 0 && size + range.end - range.start > rows) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(range);
    size += range.end - range.start;
  }
  if (group.length > 0) yield group;
}

/**
 * Reads the translated parts and lays their rows aside, group by group.
 *
 * @returns each group in order, and what gives the rows of its shards by position
 */
async function* layAside(
  groups: readonly ShardRange[][],
  { folders, signal }: PartContext,
): AsyncGenerator<{ group: ShardRange[]; rowsOf: (range: ShardRange) => TranslatedRow[] }, void, undefined> {
  const ranges = rangesOfSplits(groups.flat());
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ name }) => [name, index] as const)));
  const scratch = scratchFolder(folders.arranged);
  await mkdir(scratch, { recursive: true });
  const spills = await Promise.all(
    groups.map(() => RowsSpill.create<TranslatedRow>(scratch, translatedRowSchema)),
  );
  try {
    for (const { files } of (await requireManifest(folders.translated, "translate")).parts) {
      signal.throwIfAborted();
      const rows = await openRows<TranslatedRow>(join(folders.translated, files["rows.arrow"]?.name ?? ""));
      const [split, position] = [rows.column("split"), rows.column("position")];
      const chosen = spills.map((): number[] => []);
      for (let row = 0; row < rows.rows; row += 1) {
        const range = findRange(ranges, split[row] ?? "train", position[row] ?? 0);
        if (range !== undefined) chosen[groupOf.get(range.name) ?? -1]?.push(row);
      }
      for (const [group, spill] of spills.entries()) await spill.add(rows, chosen[group] ?? []);
    }
    for (const [index, group] of groups.entries()) {
      signal.throwIfAborted();
      const rows = await spills[index]?.read();
      await spills[index]?.close();
      if (rows !== undefined) yield { group, rowsOf: byPosition(rows, ranges) };
    }
  } finally {
    for (const spill of spills) await spill.close();
  }
}

function byPosition(
  rows: RowsFile<TranslatedRow>,
  ranges: SplitRanges,
): (range: ShardRange) => TranslatedRow[] {
  const [split, position] = [rows.column("split"), rows.column("position")];
  const indexes = new Map<string, number[]>();
  for (let row = 0; row < rows.rows; row += 1) {
    const { name = "" } = findRange(ranges, split[row] ?? "train", position[row] ?? 0) ?? {};
    const found = indexes.get(name);
    if (found === undefined) indexes.set(name, [row]);
    else found.push(row);
  }
  return ({ name, start, end }) => {
    const ofShard = (indexes.get(name) ?? []).sort((a, b) => (position[a] ?? 0) - (position[b] ?? 0));
    const complete =
      ofShard.length === end - start && ofShard.every((row, index) => position[row] === start + index);
    if (complete) return rows.take(ofShard);
    throw new LeyendaError(
      "DATA_CORRUPT",
      `${ofShard.length} of the ${end - start} rows of ${name} are there`,
      {
        where: "translated/",
        hint: 'the splits in the config may have changed since the selection: run "leyenda clean", then "leyenda translate"',
      },
    );
  };
}

type SplitRanges = Record<Split, readonly ShardRange[]>;

function rangesOfSplits(group: readonly ShardRange[]): SplitRanges {
  const of = (wanted: Split): ShardRange[] => group.filter(({ split }) => split === wanted);
  return { train: of("train"), validation: of("validation") };
}

/** The shard of a group that a position lies in. Shards of a split have (nearly) the same number of rows, so it can be told. */
function findRange(ranges: SplitRanges, split: Split, position: number): ShardRange | undefined {
  const mine = ranges[split];
  const [start, end] = [mine[0]?.start ?? 0, mine.at(-1)?.end ?? 0];
  if (position < start || position >= end) return undefined;
  let index = Math.floor(((position - start) * mine.length) / (end - start));
  while (position < (mine[index]?.start ?? 0)) index -= 1;
  while (position >= (mine[index]?.end ?? Infinity)) index += 1;
  return mine[index];
}
