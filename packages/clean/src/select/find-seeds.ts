import { type Groups, hasHash } from "./group-rows.js";
import { openCode, type SelectionTable, verdictCode } from "./selection-table.js";

/** A picture that is out, and takes along what is near to it. */
export interface Seed {
  verdict: number;
  phash: Hash;
  dhash: Hash;
}

interface Hash {
  high: number;
  low: number;
}

const [excluded, placeholder] = [verdictCode("excluded"), verdictCode("placeholder")];

/** The seeds among groups whose pictures have perceptual hashes. */
export function findSeeds(table: SelectionTable, groups: Groups, placeholderCaptions: number): Seed[] {
  const seeds: Seed[] = [];
  groups.forEach((start, end) => {
    const seed = seedOf(table, groups.order, start, end, placeholderCaptions);
    if (seed === null || !hasHash(table.phashes, seed.row)) return;
    const hashOf = ({ high, low }: SelectionTable["phashes"]): Hash => ({
      high: high[seed.row] ?? 0,
      low: low[seed.row] ?? 0,
    });
    seeds.push({ verdict: seed.verdict, phash: hashOf(table.phashes), dhash: hashOf(table.dhashes) });
  });
  return seeds;
}

/**
 * @param start of a group of rows of one picture among `order`, which `end` is behind
 * @returns why the whole group is out, and the row that says so; null for others
 */
export function seedOf(
  { verdicts, captions }: SelectionTable,
  order: Uint32Array,
  start: number,
  end: number,
  placeholderCaptions: number,
): { row: number; verdict: number } | null {
  for (let place = start; place < end; place += 1) {
    const row = order[place] ?? 0;
    if (verdicts[row] === excluded) return { row, verdict: excluded };
  }
  if (placeholderCaptions === 0 || end - start < placeholderCaptions) return null;
  const members = order.subarray(start, end).filter((row) => verdicts[row] === openCode);
  if (new Set(members.map((row) => captions[row] ?? 0)).size < placeholderCaptions) return null;
  return { row: members[0] ?? 0, verdict: placeholder };
}
