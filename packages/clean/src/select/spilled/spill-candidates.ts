import { hasHash } from "../group-rows.js";
import type { CandidateSource } from "../scan-candidates.js";
import { selectionTable, type SelectionTable } from "../selection-table.js";
import { mixWords } from "./mix-words.js";
import type { RecordSpill } from "./record-spill.js";

/** A candidate: part, row, key (4), body (2), DCT hash (2), difference hash (2), caption, verdict and reason. */
export const candidateWords = 14;

/** Candidates in columns, and where they come from. */
export interface CandidateTable {
  table: SelectionTable;
  /** The bytes of its keys as words, four a row, for copying. */
  keys: Uint32Array;
  /** Place of the part among all, and row number in it. Rows are in this order. */
  parts: Uint32Array;
  rows: Uint32Array;
}

/**
 * Lays the candidates of all parts aside, so that rows of one group (`groupRows`) are in one partition.
 *
 * @param byHashes as in `groupRows`
 */
export async function spillCandidates(
  batches: CandidateSource["batches"],
  byHashes: boolean,
  spill: RecordSpill,
): Promise<void> {
  for await (const { part, rows, table } of batches) {
    const { bodies, phashes, dhashes, captions, verdicts, reasons } = table;
    const keys = keyWords(table);
    for (let row = 0; row < rows.length; row += 1) {
      const groupHash =
        byHashes && hasHash(phashes, row)
          ? mixWords(
              mixWords(phashes.high[row] ?? 0, phashes.low[row] ?? 0),
              mixWords(dhashes.high[row] ?? 0, dhashes.low[row] ?? 0),
            )
          : mixWords(bodies.high[row] ?? 0, bodies.low[row] ?? 0);
      const at = spill.place(groupHash % spill.partitions);
      const { words } = spill;
      words[at] = part;
      words[at + 1] = rows[row] ?? 0;
      for (let word = 0; word < 4; word += 1) words[at + 2 + word] = keys[row * 4 + word] ?? 0;
      words[at + 6] = bodies.high[row] ?? 0;
      words[at + 7] = bodies.low[row] ?? 0;
      words[at + 8] = phashes.high[row] ?? 0;
      words[at + 9] = phashes.low[row] ?? 0;
      words[at + 10] = dhashes.high[row] ?? 0;
      words[at + 11] = dhashes.low[row] ?? 0;
      words[at + 12] = captions[row] ?? 0;
      words[at + 13] = (verdicts[row] ?? 0) | ((reasons[row] ?? 0) << 8);
    }
  }
}

/** The candidates of a partition. */
export function readCandidateTable(spill: RecordSpill, partition: number): CandidateTable {
  const words = spill.read(partition);
  const count = words.length / candidateWords;
  const table = selectionTable(count);
  const { bodies, phashes, dhashes, captions, verdicts, reasons } = table;
  const [parts, rows, keys] = [new Uint32Array(count), new Uint32Array(count), keyWords(table)];
  for (let row = 0; row < count; row += 1) {
    const at = row * candidateWords;
    parts[row] = words[at] ?? 0;
    rows[row] = words[at + 1] ?? 0;
    for (let word = 0; word < 4; word += 1) keys[row * 4 + word] = words[at + 2 + word] ?? 0;
    bodies.high[row] = words[at + 6] ?? 0;
    bodies.low[row] = words[at + 7] ?? 0;
    phashes.high[row] = words[at + 8] ?? 0;
    phashes.low[row] = words[at + 9] ?? 0;
    dhashes.high[row] = words[at + 10] ?? 0;
    dhashes.low[row] = words[at + 11] ?? 0;
    captions[row] = words[at + 12] ?? 0;
    verdicts[row] = (words[at + 13] ?? 0) & 0xff;
    reasons[row] = (words[at + 13] ?? 0) >>> 8;
  }
  return { table, keys, parts, rows };
}

function keyWords({ keys }: SelectionTable): Uint32Array {
  return new Uint32Array(keys.buffer, keys.byteOffset, keys.length / 4);
}
