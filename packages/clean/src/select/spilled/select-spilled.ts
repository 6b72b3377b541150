import { hashDistance, rowRanker } from "@leyenda/core";
import { setImmediate } from "node:timers/promises";

import { findSeeds, type Seed } from "../find-seeds.js";
import type { PartVerdicts } from "../part-verdicts.js";
import { validationShare } from "../rank-rows.js";
import type { CandidateSource } from "../scan-candidates.js";
import type { SelectionOptions } from "../select-rows.js";
import { openCode, reasonCode, verdictCode } from "../selection-table.js";
import { fillSplits, rankedWords, rankPartition } from "./fill-splits.js";
import { findNearGroups, nearPartition, nearWords } from "./find-near-groups.js";
import { type Keeper, NearClusters, pairWords } from "./near-clusters.js";
import { groupPartition, type OpenPartition, openPartition, type StandingGroup } from "./open-partition.js";
import { RecordSpill } from "./record-spill.js";
import type { SpillPlan } from "./spill-plan.js";
import { candidateWords, readCandidateTable, spillCandidates } from "./spill-candidates.js";
import { VerdictSpill, verdictWords } from "./verdict-spill.js";

const [train, validation, duplicate] = [
  verdictCode("train"),
  verdictCode("validation"),
  verdictCode("duplicate"),
];
const [exact, near] = [reasonCode("exact"), reasonCode("near")];

/** More partitions would have buffers too small for the disk. */
const mostPartitions = 4096;

/**
 * Selects as `selectInMemory` does, with the same verdicts, but holds a partition of the rows in memory at a time; what is between is
 * laid aside on a disk: about 56 bytes a row for the candidates, 48 for the verdicts, 44 for those that may be chosen, and twice 24
 * for each picture while near ones are looked for.
 *
 * Rows go through four orders: by picture, to find groups of the same one; by each band of the DCT hash, to find groups near to
 * each other; by rank, to fill the splits; and back by part. In memory over all rows are the pictures that are excluded or
 * placeholders, what joins near pictures (`NearClusters`), and a byte for each row that may be chosen.
 *
 * @returns the verdicts of each part, in order
 * @throws LeyendaError NOT_ENOUGH_ROWS, saying how many are missing
 */
export async function* selectSpilled(
  { batches, rows, partRows }: CandidateSource,
  options: SelectionOptions,
  plan: SpillPlan,
  signal: AbortSignal,
): AsyncGenerator<PartVerdicts, void, undefined> {
  const partitions = Math.min(Math.max(Math.ceil(rows / plan.partitionRows), 1), mostPartitions);
  const open: RecordSpill[] = [];
  const create = (recordWords: number): RecordSpill => {
    const spill = new RecordSpill(plan.folder, { partitions, recordWords, bufferBytes: plan.bufferBytes });
    open.push(spill);
    return spill;
  };
  const pause = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  try {
    const candidates = create(candidateWords);
    await spillCandidates(batches, options.nearDuplicateBits > 0, candidates);
    const seeds: Seed[] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      await pause();
      const read = readCandidateTable(candidates, partition);
      const { groups } = groupPartition(read, options);
      for (const seed of findSeeds(read.table, groups, options.placeholderCaptions)) seeds.push(seed);
    }
    const openOf = async (partition: number): Promise<OpenPartition> => {
      await pause();
      return openPartition(candidates, partition, options, seeds);
    };
    const clusters = await clusterGroups(openOf, partitions, options.nearDuplicateBits, create, pause);
    const verdicts = new VerdictSpill(create(verdictWords), partRows.length);
    const ranked = create(rankedWords);
    const rank = ranker(ranked, options);
    for (let partition = 0; partition < partitions; partition += 1)
      judge(await openOf(partition), partition, clusters, rank, verdicts);
    candidates.close();
    await fillSplits(ranked, options, verdicts, pause);
    ranked.close();
    for (const part of verdicts.read(partRows.length)) {
      signal.throwIfAborted();
      yield part;
    }
  } finally {
    for (const spill of open) spill.close();
  }
}

/** Joins groups that are near to each other, over all partitions. @returns null where bodies alone are compared */
async function clusterGroups(
  openOf: (partition: number) => Promise<OpenPartition>,
  partitions: number,
  bits: number,
  create: (recordWords: number) => RecordSpill,
  pause: () => Promise<void>,
): Promise<NearClusters | null> {
  if (bits === 0) return null;
  const groups = create(nearWords);
  const partitionOf = nearPartition(0, bits, partitions);
  for (let partition = 0; partition < partitions; partition += 1) {
    const { table, forEachGroup } = await openOf(partition);
    const { phashes, dhashes } = table;
    forEachGroup(({ keeper, ordinal }) => {
      if (ordinal === null) return;
      const [high, low] = [phashes.high[keeper] ?? 0, phashes.low[keeper] ?? 0];
      const at = groups.place(partitionOf(high, low));
      const { words } = groups;
      words[at] = high;
      words[at + 1] = low;
      words[at + 2] = dhashes.high[keeper] ?? 0;
      words[at + 3] = dhashes.low[keeper] ?? 0;
      words[at + 4] = partition;
      words[at + 5] = ordinal;
    });
  }
  const [pairs, ends] = [create(pairWords), create(1)];
  await findNearGroups(
    groups,
    bits,
    () => create(nearWords),
    (...pair) => {
      const at = pairs.place(pair[0]);
      for (const [word, value] of pair.entries()) pairs.words[at + word] = value;
      ends.words[ends.place(pair[0])] = pair[1];
      ends.words[ends.place(pair[2])] = pair[3];
    },
    pause,
  );
  const clusters = new NearClusters(pairs, ends);
  pairs.close();
  ends.close();
  for (let partition = 0; partition < partitions; partition += 1) {
    const opened = await openOf(partition);
    opened.forEachGroup(({ keeper, ordinal }) => {
      const cluster = clusters.clusterOf(partition, ordinal);
      if (cluster !== null) clusters.offer(cluster, opened, keeper);
    });
  }
  return clusters;
}

/** Lays a row that may be chosen aside by its rank. */
function ranker(
  ranked: RecordSpill,
  options: SelectionOptions,
): (opened: OpenPartition, row: number) => void {
  const share = validationShare(options);
  const rankOf = rowRanker(options.seed);
  return ({ table, parts, rows, keys }, row) => {
    const { high, low, lane } = rankOf(table.keys.subarray(row * 16, row * 16 + 16));
    const at = ranked.place(rankPartition(high, ranked.partitions));
    const { words } = ranked;
    words[at] = high;
    words[at + 1] = low;
    for (let word = 0; word < 4; word += 1) words[at + 2 + word] = keys[row * 4 + word] ?? 0;
    words[at + 6] = table.bodies.high[row] ?? 0;
    words[at + 7] = table.bodies.low[row] ?? 0;
    words[at + 8] = parts[row] ?? 0;
    words[at + 9] = rows[row] ?? 0;
    words[at + 10] = lane < share ? validation : train;
  };
}

/** Gives the rows of a partition their verdicts, but for those that may be chosen, which are ranked. */
function judge(
  opened: OpenPartition,
  partition: number,
  clusters: NearClusters | null,
  rank: (opened: OpenPartition, row: number) => void,
  verdicts: VerdictSpill,
): void {
  const { table, parts, rows, marks, keys } = opened;
  const placeOf = (row: number): { part: number; row: number; keys: Uint32Array; key: number } => ({
    part: parts[row] ?? 0,
    row: rows[row] ?? 0,
    keys,
    key: row * 4,
  });
  for (let row = 0; row < rows.length; row += 1) {
    const verdict = marks.verdicts[row] ?? openCode;
    if (verdict === openCode) continue;
    verdicts.add({
      ...placeOf(row),
      verdict,
      reason: marks.reasons[row] ?? 0,
      distance: marks.distances[row] ?? 0,
    });
  }
  opened.forEachGroup((group) => {
    const cluster = clusters?.clusterOf(partition, group.ordinal) ?? null;
    if (cluster === null && group.open.length === 1) {
      rank(opened, group.keeper);
      return;
    }
    const keeper = cluster === null ? ownKeeper(opened, group) : clusters?.keeperOf(cluster);
    if (keeper === undefined) return;
    const kept = {
      keys: new Uint32Array(keeper.keys.buffer, keeper.keys.byteOffset),
      key: keeper.place * 4,
    };
    for (const row of group.open) {
      if (parts[row] === keeper.part && rows[row] === keeper.row) {
        rank(opened, row);
        continue;
      }
      const { bodies, phashes } = table;
      const isSame = bodies.high[row] === keeper.body[0] && bodies.low[row] === keeper.body[1];
      const distance = isSame
        ? 0
        : hashDistance(phashes.high[row] ?? 0, phashes.low[row] ?? 0, ...keeper.phash);
      verdicts.add({
        ...placeOf(row),
        verdict: duplicate,
        reason: isSame ? exact : near,
        distance,
        kept,
      });
    }
  });
}

function ownKeeper({ table, parts, rows }: OpenPartition, { keeper }: StandingGroup): Keeper {
  const { keys, bodies, phashes } = table;
  return {
    part: parts[keeper] ?? 0,
    row: rows[keeper] ?? 0,
    keys,
    place: keeper,
    body: [bodies.high[keeper] ?? 0, bodies.low[keeper] ?? 0],
    phash: [phashes.high[keeper] ?? 0, phashes.low[keeper] ?? 0],
  };
}
