/** Bytes of pictures at which a record batch ends early: it is held in memory, and its offsets end at 2 GiB. */
const mostBytes = 128 << 20;

/** The rows of a record batch: from `start` to before `end`. */
export interface BatchRange {
  start: number;
  end: number;
}

/**
 * Cuts rows into record batches of so many rows; of fewer where the pictures are very large.
 *
 * @param lengths bytes of each row's picture
 */
export function* cutBatches(lengths: readonly number[], rowsPerBatch: number): Generator<BatchRange> {
  let start = 0;
  let bytes = 0;
  for (const [row, length] of lengths.entries()) {
    if (row - start === rowsPerBatch || (row > start && bytes + length > mostBytes)) {
      yield { start, end: row };
      start = row;
      bytes = 0;
    }
    bytes += length;
  }
  if (lengths.length > start) yield { start, end: lengths.length };
}
