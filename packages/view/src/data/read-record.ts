import type { ArrowFile } from "../arrow/arrow-file.js";

/** A row of a file with all of its columns; 64-bit numbers become plain ones, as JSON has them. */
export async function readRecord(
  file: ArrowFile,
  row: number,
): Promise<Record<string, unknown>> {
  const batch = file.batchOf(row);
  const names = file.index.schema.fields.map(({ name }) => name);
  const values = await file.columns(batch, names);
  return Object.fromEntries(
    [...values].map(([name, vector]) => {
      const value: unknown = vector.get(row - batch.firstRow);
      return [name, typeof value === "bigint" ? Number(value) : value];
    }),
  );
}

/** The first row of a file whose column has a value, or null. */
export async function findRow(file: ArrowFile, column: string, wanted: unknown): Promise<number | null> {
  for (const batch of file.index.batches) {
    const vector = (await file.columns(batch, [column])).get(column);
    for (let index = 0; index < batch.rows; index += 1)
      if (vector?.get(index) === wanted) return batch.firstRow + index;
  }
  return null;
}
