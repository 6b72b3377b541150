import type { Scratch } from "@leyenda/core";

import { compareCells } from "../compare-cells.js";
import type { DuplicateOptions } from "../duplicate-options.js";
import type { Seed } from "../find-seeds.js";
import { firstOpen, type Groups, groupRows } from "../group-rows.js";
import type { MarkedRows } from "../marked-rows.js";
import { openCode, type SelectionTable } from "../selection-table.js";
import { strikeGroups } from "../strike-groups.js";
import type { RecordSpill } from "./record-spill.js";
import { type CandidateTable, readCandidateTable } from "./spill-candidates.js";

/** A group of one picture that is neither excluded nor a placeholder. */
export interface StandingGroup {
  /** Rows that nothing speaks against, ascending. */
  open: Uint32Array;
  /** Among them the one with the smallest key, and of equal keys the first. */
  keeper: number;
  /** Number among the groups of the partition that may have near doubles; null for a group that has no perceptual hashes. */
  ordinal: number | null;
}

export interface OpenPartition extends CandidateTable {
  marks: MarkedRows;
  forEachGroup: (onGroup: (group: StandingGroup) => void) => void;
}

/** Groups the candidates of a partition. */
export function groupPartition(
  candidates: CandidateTable,
  { nearDuplicateBits }: DuplicateOptions,
): { groups: Groups; scratch: Scratch } {
  const { length } = candidates.rows;
  const [order, ...scratch] = [0, 1, 2, 3].map(() => new Uint32Array(length)) as [Uint32Array, ...Scratch];
  return { groups: groupRows(candidates.table, nearDuplicateBits > 0, order, scratch[0]), scratch };
}

/** Reads a partition of candidates and takes out what is excluded or a placeholder, or near to one of those. */
export function openPartition(
  spill: RecordSpill,
  partition: number,
  options: DuplicateOptions,
  seeds: readonly Seed[],
): OpenPartition {
  const candidates = readCandidateTable(spill, partition);
  const { table } = candidates;
  const { groups, scratch } = groupPartition(candidates, options);
  const { marks, leads } = strikeGroups(table, options, groups, seeds, scratch);
  const forEachGroup: OpenPartition["forEachGroup"] = (onGroup) => {
    let next = 0;
    groups.forEach((start, end) => {
      const lead = firstOpen(marks.verdicts, groups.order, start, end);
      if (lead === null) return;
      const group = groups.order.subarray(start, end);
      // Most pictures are there once.
      const open = group.length === 1 ? group : group.filter((row) => marks.verdicts[row] === openCode);
      onGroup({ open, keeper: smallestKey(table, open), ordinal: leads[lead] === 1 ? next++ : null });
    });
  };
  return { ...candidates, marks, forEachGroup };
}

function smallestKey({ keys }: SelectionTable, rows: Uint32Array): number {
  let smallest = rows[0] ?? 0;
  for (const row of rows) if (compareCells(keys, row, keys, smallest) < 0) smallest = row;
  return smallest;
}
