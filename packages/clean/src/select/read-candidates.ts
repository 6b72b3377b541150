import type { CandidateSource } from "./scan-candidates.js";
import { copyRows, selectionTable, type SelectionTable } from "./selection-table.js";

/** The rows that are `ok` in all clean parts, and where they lie. */
export interface Candidates {
  table: SelectionTable;
  /** For each part a bit for each row, lowest first: set where the row is a candidate. */
  okRows: Uint8Array[];
  /** First candidate of each part, and after the last part the count. */
  partStarts: number[];
}

/** Reads the candidates of all parts into memory: 46 bytes a row stay. */
export async function readCandidates({
  batches,
  rows: count,
  partRows,
}: CandidateSource): Promise<Candidates> {
  const table = selectionTable(count);
  const okRows = partRows.map((rows) => new Uint8Array(Math.ceil(rows / 8)));
  const counts = partRows.map(() => 0);
  let next = 0;
  for await (const { part, rows, table: batch } of batches) {
    copyRows(batch, table, next);
    next += rows.length;
    counts[part] = (counts[part] ?? 0) + rows.length;
    const bits = okRows[part] ?? new Uint8Array();
    for (const row of rows) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
  const partStarts = [0];
  for (const own of counts) partStarts.push((partStarts.at(-1) ?? 0) + own);
  return { table, okRows, partStarts };
}
