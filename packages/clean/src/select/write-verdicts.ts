import { ArrowStreamEncoder, type PartFile, selectionRowSchema, textData } from "@leyenda/core";
import { makeData, Uint32, Uint8 } from "apache-arrow";

import type { PartVerdicts } from "./part-verdicts.js";

/** Rows of a record batch. */
const batchRows = 8192;

/** Writes a part's `SelectionRow`s, column by column. */
export async function writeVerdicts(file: PartFile, verdicts: PartVerdicts): Promise<void> {
  const encoder = new ArrowStreamEncoder(selectionRowSchema);
  const { rows } = verdicts;
  for (let start = 0; start === 0 || start < rows.length; start += batchRows) {
    const slice = rows.subarray(start, start + batchRows);
    const { length } = slice;
    const text = (valueOf: (index: number) => string | null): ReturnType<typeof textData> =>
      textData(length, (index) => valueOf(start + index));
    const numbers = { length, first: start };
    await file.write(
      encoder.batch(length, [
        makeData({ type: new Uint32(), length, nullCount: 0, data: slice }),
        text(verdicts.key),
        text(verdicts.verdict),
        makeData({ type: new Uint32(), length, ...nullable(Uint32Array, numbers, verdicts.position) }),
        text(verdicts.kept),
        text(verdicts.reason),
        makeData({ type: new Uint8(), length, ...nullable(Uint8Array, numbers, verdicts.distance) }),
      ]),
    );
  }
  await file.write(encoder.finish());
}

function nullable<Values extends Uint32Array | Uint8Array>(
  Type: new (length: number) => Values,
  { length, first }: { length: number; first: number },
  valueOf: (index: number) => number | null,
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
