/** Bytes of pictures at which a record batch ends early: it is held in memory, and its offsets end at 2 GiB. */
const mostBytes = 128 << 20;

/** Cuts rows into record batches of so many rows; of fewer where the pictures are very large. */
export function* cutBatches<Row extends { image_length: number }>(
  rows: readonly Row[],
  rowsPerBatch: number,
): Generator<Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (batch.length === rowsPerBatch || (batch.length > 0 && bytes + row.image_length > mostBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += row.image_length;
  }
  if (batch.length > 0) yield batch;
}
