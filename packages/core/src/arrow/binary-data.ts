import { Binary, makeData, type Data } from "apache-arrow";

import { valueOffsets } from "./value-offsets.js";

/** An Arrow binary column without nulls, its values laid out one after the other. */
export function binaryData(values: readonly Uint8Array[]): Data<Binary> {
  const offsets = valueOffsets(values.map(({ byteLength }) => byteLength));
  // Every byte of it is written below.
  const data = new Uint8Array(Buffer.allocUnsafeSlow(offsets.at(-1) ?? 0).buffer);
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
