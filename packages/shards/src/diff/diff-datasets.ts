import { sortRows } from "@leyenda/core";

import { type RowTable, readRowTable } from "./row-table.js";

/** Listed of each kind of change. */
const listed = 10;

export interface DiffOptions {
  /** Formats of the two folders, as `verifyDataset` takes them. @default "auto" */
  format?: string;
}

/** A kind of change: how many rows, and where the first of them are, in B where they are there. */
export interface Change {
  rows: number;
  examples: string[];
}

export interface DatasetDiff {
  equal: boolean;
  a: { folder: string; rows: number; splits: Record<string, number> };
  b: { folder: string; rows: number; splits: Record<string, number> };
  /** In both, with the same captions, picture and split. */
  same: number;
  added: Change;
  gone: Change;
  /** These three may concern the same row. */
  captionChanged: Change;
  pictureChanged: Change;
  splitChanged: Change;
  /** Same rows, but in another place of their split, however that is divided into files. */
  moved: Change;
}

/**
 * Says what differs between two datasets, of the same format or not, row by row of the same key. A key that occurs several times
 * is compared in order. Memory: 36 bytes a row of both.
 *
 * @throws LeyendaError DATA_MISSING for a folder without a dataset; whatever reading damaged files throws
 */
export async function diffDatasets(
  a: string,
  b: string,
  { format = "auto" }: DiffOptions = {},
): Promise<DatasetDiff> {
  const [tableA, tableB] = [await readRowTable(a, format), await readRowTable(b, format)];
  const diff: DatasetDiff = {
    equal: false,
    a: { folder: a, rows: tableA.rows, splits: tableA.splits },
    b: { folder: b, rows: tableB.rows, splits: tableB.splits },
    same: 0,
    added: none(),
    gone: none(),
    captionChanged: none(),
    pictureChanged: none(),
    splitChanged: none(),
    moved: none(),
  };
  for (const [rowA, rowB] of pairs(tableA, tableB)) {
    if (rowA === null) note(diff.added, tableB, rowB);
    else if (rowB === null) note(diff.gone, tableA, rowA);
    else compare(diff, tableA, rowA, tableB, rowB);
  }
  diff.equal = diff.same === tableA.rows && diff.same === tableB.rows;
  return diff;
}

function compare(diff: DatasetDiff, a: RowTable, rowA: number, b: RowTable, rowB: number): void {
  const isSame = (column: "captions" | "pictures"): boolean =>
    a[column].high[rowA] === b[column].high[rowB] && a[column].low[rowA] === b[column].low[rowB];
  const [captions, pictures] = [isSame("captions"), isSame("pictures")];
  const split = a.places.nameOfSplit(rowA) === b.places.nameOfSplit(rowB);
  if (!captions) note(diff.captionChanged, b, rowB);
  if (!pictures) note(diff.pictureChanged, b, rowB);
  if (!split) note(diff.splitChanged, b, rowB);
  if (!captions || !pictures || !split) return;
  diff.same += 1;
  if (a.places.indexInSplit(rowA) !== b.places.indexInSplit(rowB)) note(diff.moved, b, rowB);
}

function none(): Change {
  return { rows: 0, examples: [] };
}

function note(change: Change, { places }: RowTable, row: number): void {
  change.rows += 1;
  if (change.examples.length < listed) change.examples.push(places.where(row));
}

/** Rows of the same key beside each other; null where a key has no row, or no further one. */
function* pairs(a: RowTable, b: RowTable): Generator<[number, number | null] | [null, number]> {
  const [orderA, orderB] = [orderOf(a), orderOf(b)];
  let [atA, atB] = [0, 0];
  while (atA < orderA.length || atB < orderB.length) {
    const [rowA, rowB] = [orderA[atA], orderB[atB]];
    const order = rowA === undefined ? 1 : rowB === undefined ? -1 : compareKeys(a.keys, rowA, b.keys, rowB);
    if (order <= 0) atA += 1;
    if (order >= 0) atB += 1;
    if (order > 0) yield [null, rowB ?? 0];
    else yield [rowA ?? 0, order === 0 ? (rowB ?? 0) : null];
  }
}

function orderOf({ keys, rows }: RowTable): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  sortRows(
    order,
    keys,
    new Uint32Array(rows),
    (x, y) => (keys.third[x] ?? 0) - (keys.third[y] ?? 0) || x - y,
  );
  return order;
}

function compareKeys(a: RowTable["keys"], rowA: number, b: RowTable["keys"], rowB: number): number {
  return (
    (a.high[rowA] ?? 0) - (b.high[rowB] ?? 0) ||
    (a.low[rowA] ?? 0) - (b.low[rowB] ?? 0) ||
    (a.third[rowA] ?? 0) - (b.third[rowB] ?? 0)
  );
}
