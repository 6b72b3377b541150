import { Binary, makeData, type Data } from "apache-arrow";

import { freshMemory, type TakeMemory } from "./take-memory.js";
import { valueOffsets } from "./value-offsets.js";

/** An Arrow binary column without nulls, its values laid out one after the other. */
export function binaryData(values: readonly Uint8Array[], take: TakeMemory = freshMemory): Data<Binary> {
  const offsets = valueOffsets(values.length, (row) => values[row]?.byteLength ?? 0, take);
  const data = take(offsets.at(-1) ?? 0);
  values.forEach((value, index) => {
    data.set(value, offsets[index]);
  });
  return makeData({
    type: new Binary(),
    length: values.length,
    nullCount: 0,
    valueOffsets: offsets,
    data,
  });
}
