import { ArrowStreamEncoder, type PartFile, selectionRowSchema, textData } from "@leyenda/core";
import { makeData, Uint32, Uint8 } from "apache-arrow";

import type { Candidates } from "./read-candidates.js";
import type { Selection } from "./select-rows.js";

/** Rows of a record batch. */
const batchRows = 8192;

/** Writes a part's `SelectionRow`s, column by column. */
export async function writeVerdicts(
  file: PartFile,
  { table: { keys }, okRows, partStarts }: Candidates,
  selection: Selection,
  part: number,
): Promise<void> {
  const encoder = new ArrowStreamEncoder(selectionRowSchema);
  const rows = setBits(okRows[part] ?? new Uint8Array());
  const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
  const keyOf = (candidate: number): string => bytes.toString("hex", candidate * 16, candidate * 16 + 16);
  const first = partStarts[part] ?? 0;
  for (let start = 0; start === 0 || start < rows.length; start += batchRows) {
    const slice = rows.subarray(start, start + batchRows);
    const { length } = slice;
    const text = (valueOf: (candidate: number) => string | null): ReturnType<typeof textData> =>
      textData(length, (index) => valueOf(first + start + index));
    const numbers = { length, first: first + start };
    await file.write(
      encoder.batch(length, [
        makeData({ type: new Uint32(), length, nullCount: 0, data: slice }),
        text(keyOf),
        text(selection.verdict),
        makeData({ type: new Uint32(), length, ...nullable(Uint32Array, numbers, selection.position) }),
        text((candidate) => {
          const kept = selection.keptRow(candidate);
          return kept === null ? null : keyOf(kept);
        }),
        text(selection.reason),
        makeData({ type: new Uint8(), length, ...nullable(Uint8Array, numbers, selection.distance) }),
      ]),
    );
  }
  await file.write(encoder.finish());
}

function nullable<Values extends Uint32Array | Uint8Array>(
  Type: new (length: number) => Values,
  { length, first }: { length: number; first: number },
  valueOf: (candidate: number) => number | null,
): { data: Values; nullCount: number; nullBitmap: Uint8Array | undefined } {
  const data = new Type(length);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let index = 0; index < length; index += 1) {
    const value = valueOf(first + index);
    if (value === null) nullCount += 1;
    else {
      data[index] = value;
      nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  return { data, nullCount, nullBitmap: nullCount === 0 ? undefined : nullBitmap };
}

function setBits(bits: Uint8Array): Uint32Array {
  const rows = new Uint32Array(bits.length * 8);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1)
    if (((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0) rows[count++] = row;
  return rows.subarray(0, count);
}
