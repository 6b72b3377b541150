import { rowRanker, type Words } from "@leyenda/core";

/**
 * Ranks rows by their keys and says their lanes (`rowRanker`). Both depend on the row's own key alone, so no other row can change
 * them.
 *
 * @param rows the rows to rank
 * @param keys 16 bytes a row
 * @param validationShare of the rows that belong to the validation lane, 0 to 1
 * @param ranks takes the rank of each of these rows
 * @returns 1 where a row is a candidate for validation, 0 for train
 */
export function rankRows(
  rows: Uint32Array,
  keys: Uint8Array,
  seed: string,
  validationShare: number,
  ranks: Words,
): Uint8Array {
  const validationLane = new Uint8Array(keys.length / 16);
  const rankOf = rowRanker(seed);
  for (const row of rows) {
    const { high, low, lane } = rankOf(keys.subarray(row * 16, row * 16 + 16));
    ranks.high[row] = high;
    ranks.low[row] = low;
    validationLane[row] = lane < validationShare ? 1 : 0;
  }
  return validationLane;
}

/** The share of the validation split, 0 to 1: as much of the rows belongs to its lane. */
export function validationShare({ train, validation }: { train: number; validation: number }): number {
  const wanted = train + validation;
  return wanted === 0 ? 0 : validation / wanted;
}
