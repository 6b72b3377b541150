import { findNearPairs, type Scratch } from "@leyenda/core";

import { Clusters } from "./clusters.js";
import { compareCells } from "./compare-cells.js";
import type { DuplicateOptions } from "./duplicate-options.js";
import { findSeeds } from "./find-seeds.js";
import { firstOpen, groupRows } from "./group-rows.js";
import { type MarkedRows, wordsDistance } from "./marked-rows.js";
import { openCode, type SelectionTable, verdictCode } from "./selection-table.js";
import { strikeGroups } from "./strike-groups.js";

/** What was found out about each row. */
export interface Marks extends Pick<MarkedRows, "verdicts" | "reasons" | "distances"> {
  /** The row that was kept, for duplicates; the row itself for others. */
  kept: Uint32Array;
}

const duplicate = verdictCode("duplicate");

/**
 * Marks pictures that are excluded, placeholders and duplicates, in this order of precedence; rows that are out already stay as
 * they are.
 *
 * Rows are put into groups of the same picture (`groupRows`). A group with an excluded row is excluded, and one under many
 * captions is a placeholder; so is every picture near to one of those. The others are joined into clusters, near to near, of
 * which the smallest key stays: no two pictures that stay are near to each other.
 *
 * @param order as long as the table; it takes the rows, group by group
 * @param scratch the same, to work in
 */
export function markDuplicates(
  table: SelectionTable,
  options: DuplicateOptions,
  order: Uint32Array,
  scratch: Scratch,
): Marks {
  const { keys, phashes, dhashes } = table;
  const bits = options.nearDuplicateBits;
  const groups = groupRows(table, bits > 0, order, scratch[0]);
  const seeds = findSeeds(table, groups, options.placeholderCaptions);
  const { marks, leads } = strikeGroups(table, options, groups, seeds, scratch);

  const clusters = new Clusters(order.length, (a, b) => (compareCells(keys, a, keys, b) || a - b) < 0);
  groups.forEach((start, end) => {
    const lead = firstOpen(marks.verdicts, order, start, end);
    if (lead === null) return;
    for (let place = start; place < end; place += 1) {
      const row = order[place] ?? 0;
      if (marks.verdicts[row] === openCode) clusters.join(lead, row);
    }
  });
  if (bits > 0) {
    findNearPairs(phashes, leads, bits, scratch, (a, b) => {
      if (wordsDistance(dhashes, a, b) <= bits) clusters.join(a, b);
    });
  }
  const kept = clusters.keepers();
  for (let row = 0; row < kept.length; row += 1) {
    const keeper = kept[row] ?? row;
    if (keeper !== row) marks.strike(row, duplicate, keeper);
  }
  const { verdicts, reasons, distances } = marks;
  return { verdicts, reasons, distances, kept };
}
