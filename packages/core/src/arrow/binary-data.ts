import { Binary, makeData, type Data } from "apache-arrow";

import { valueOffsets } from "./value-offsets.js";

/** An Arrow binary column without nulls, its values laid out one after the other. */
export function binaryData(
  values: readonly Uint8Array[],
  memoryFor: (bytes: number) => Uint8Array = freshMemory,
): Data<Binary> {
  const offsets = valueOffsets(values.map(({ byteLength }) => byteLength));
  const data = memoryFor(offsets.at(-1) ?? 0);
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

/** Every byte of it is written above. */
function freshMemory(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
