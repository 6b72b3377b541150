import { openRows } from "./open-rows.js";

/**
 * Reads a part's rows file whole, as objects of the row type its schema stands for.
 *
 * @param columns only these columns; all of them by default
 * @throws LeyendaError DATA_CORRUPT when it is missing, no Arrow stream, or lacks a column
 */
export async function readRows<Row extends object, Column extends keyof Row & string = keyof Row & string>(
  path: string,
  columns?: readonly Column[],
): Promise<Pick<Row, Column>[]> {
  return (await openRows<Row>(path)).take(undefined, columns);
}
