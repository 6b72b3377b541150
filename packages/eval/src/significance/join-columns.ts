/** Numbers of the same rows from several tables, side by side, each column once. */
export interface JoinedColumns {
  width: number;
  /** [rows, width] */
  matrix: Float64Array;
  /** Where each table's columns are; −1 for those that are all 0. */
  places: Int32Array[];
}

/**
 * Puts tables together that have many columns in common: BLEU-1 to BLEU-4 are computed from the same numbers, and chrF's are among chrF++'s.
 *
 * @param tables [rows, width] each
 */
export function joinColumns(
  rows: number,
  tables: readonly { values: Float64Array; width: number }[],
): JoinedColumns {
  const columns: Float64Array[] = [];
  const bySums = new Map<string, number[]>();
  const places = tables.map(({ values, width }) =>
    Int32Array.from({ length: width }, (_, place) => {
      const column = Float64Array.from({ length: rows }, (__, row) => values[row * width + place] ?? 0);
      if (column.every((value) => value === 0)) return -1;
      const sums = `${column.reduce((sum, value) => sum + value, 0)} ${column.reduce((sum, value, row) => sum + value * (row % 97), 0)}`;
      const alike = bySums.get(sums) ?? [];
      const same = alike.find((other) => columns[other]?.every((value, row) => value === column[row]));
      if (same !== undefined) return same;
      bySums.set(sums, [...alike, columns.length]);
      return columns.push(column) - 1;
    }),
  );
  const matrix = new Float64Array(rows * columns.length);
  for (const [place, column] of columns.entries())
    for (let row = 0; row < rows; row += 1) matrix[row * columns.length + place] = column[row] ?? 0;
  return { width: columns.length, matrix, places };
}
