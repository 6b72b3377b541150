import type { PartVerdicts } from "./part-verdicts.js";
import { readCandidates } from "./read-candidates.js";
import type { CandidateSource } from "./scan-candidates.js";
import { selectRows, type SelectionOptions } from "./select-rows.js";

/** Selects among all candidates at once. @returns the verdicts of each part, in order */
export async function* selectInMemory(
  source: CandidateSource,
  options: SelectionOptions,
): AsyncGenerator<PartVerdicts, void, undefined> {
  const { table, okRows, partStarts } = await readCandidates(source);
  const selection = selectRows(table, options);
  const keys = Buffer.from(table.keys.buffer, table.keys.byteOffset, table.keys.byteLength);
  const keyOf = (row: number): string => keys.toString("hex", row * 16, row * 16 + 16);
  for (const [part, bits] of okRows.entries()) {
    const first = partStarts[part] ?? 0;
    yield {
      rows: setBits(bits),
      key: (index) => keyOf(first + index),
      verdict: (index) => selection.verdict(first + index),
      position: (index) => selection.position(first + index),
      kept: (index) => {
        const kept = selection.keptRow(first + index);
        return kept === null ? null : keyOf(kept);
      },
      reason: (index) => selection.reason(first + index),
      distance: (index) => selection.distance(first + index),
    };
  }
}

function setBits(bits: Uint8Array): Uint32Array {
  const rows = new Uint32Array(bits.length * 8);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1)
    if (((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0) rows[count++] = row;
  return rows.subarray(0, count);
}
