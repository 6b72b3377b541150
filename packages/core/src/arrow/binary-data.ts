import { Binary, makeData, type Data } from "apache-arrow";

/** An Arrow binary column without nulls, its values laid out one after the other. */
export function binaryData(values: readonly Uint8Array[]): Data<Binary> {
  const valueOffsets = new Int32Array(values.length + 1);
  let total = 0;
  values.forEach((value, index) => {
    total += value.byteLength;
    if (total > 0x7fffffff) throw new RangeError("an Arrow binary column holds less than 2 GiB in one batch");
    valueOffsets[index + 1] = total;
  });
  const data = new Uint8Array(total);
  values.forEach((value, index) => {
    data.set(value, valueOffsets[index]);
  });
  return makeData({ type: new Binary(), length: values.length, nullCount: 0, valueOffsets, data });
}
