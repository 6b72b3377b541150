import { createHash } from "node:crypto";

import { type Binary, type Data, RecordBatchReader } from "apache-arrow";

/** What a record says of an images file by `sha256Of: "digests"`: the file's hash, but of each picture its own hash in hex. */
export function hashOfDigests(file: Uint8Array): string {
  const hash = createHash("sha256");
  let at = 0;
  for (const batch of RecordBatchReader.from(file)) {
    const { values, valueOffsets } = batch.data.children[0] as Data<Binary>;
    const first = values.byteOffset - file.byteOffset;
    for (let row = 0; row < batch.numRows; row += 1) {
      const [start = 0, end = 0] = valueOffsets.subarray(row, row + 2);
      hash.update(file.subarray(at, first + start));
      hash.update(createHash("sha256").update(values.subarray(start, end)).digest("hex"));
      at = first + end;
    }
  }
  return hash.update(file.subarray(at)).digest("hex");
}
