import { type Data, type DataType, tableFromIPC } from "apache-arrow";

import { LeyendaError } from "../errors.js";
import { storeOf } from "../store/store-of.js";
import { columnValues } from "./column-values.js";
import { gatherColumn } from "./gather-column.js";
import { sliceColumn } from "./slice-column.js";
import type { TakeMemory } from "./take-memory.js";

/** A part's rows file in memory, of which any columns and rows can be had as values. */
export interface RowsFile<Row extends object> {
  readonly rows: number;
  /** @throws LeyendaError DATA_CORRUPT where there is no such column */
  column<Column extends keyof Row & string>(name: Column): Row[Column][];
  /**
   * Rows as objects of the row type that the schema stands for.
   *
   * @param indexes which, from 0; all of them by default
   * @param columns only these; all of them by default
   */
  take<Column extends keyof Row & string = keyof Row & string>(
    indexes?: ArrayLike<number>,
    columns?: readonly Column[],
  ): Pick<Row, Column>[];
  /**
   * A range of a column as a column of its own; see `sliceColumn`.
   *
   * @throws LeyendaError DATA_CORRUPT where there is no such column
   */
  slice(name: keyof Row & string, type: DataType, start: number, end: number, take?: TakeMemory): Data;
  /**
   * Some rows of a column as a column of their own; see `gatherColumn`.
   *
   * @throws LeyendaError DATA_CORRUPT where there is no such column
   */
  gather(name: keyof Row & string, type: DataType, indexes: ArrayLike<number>): Data;
}

/**
 * Reads a part's rows file whole (a part of 10,000 rows is a few MB). Its values are decoded when they are asked for.
 *
 * @param source where it lies, or its bytes
 * @throws LeyendaError DATA_CORRUPT when it is missing or no Arrow stream
 */
export async function openRows<Row extends object>(source: string | Uint8Array): Promise<RowsFile<Row>> {
  const path = typeof source === "string" ? source : "memory";
  const reading = typeof source === "string" ? storeOf(source).read(source) : Promise.resolve(source);
  const table = await reading
    .then((bytes) => {
      if (bytes === null) throw new Error("there is no such file");
      return tableFromIPC(bytes);
    })
    .catch((cause: unknown) => {
      throw corrupt(path, cause);
    });
  const names = table.schema.names.map(String);

  function chunksOf(name: string): readonly Data[] {
    const vector = table.getChild(name);
    if (vector === null) throw corrupt(path, new Error(`there is no column ${name}`));
    return vector.data as Data[];
  }

  // The schema that wrote the file gave these types; a file of another kind has failed above.
  return {
    rows: table.numRows,
    column: (name) => {
      const valueAt = columnValues(chunksOf(name));
      return Array.from({ length: table.numRows }, (_, row) => valueAt(row)) as never;
    },
    take: (indexes, columns) => {
      const length = indexes?.length ?? table.numRows;
      const wanted = columns ?? names;
      const blank = blankRow(wanted);
      const rows = Array.from({ length }, () => ({ ...blank }));
      for (const name of wanted) {
        const valueAt = columnValues(chunksOf(name));
        rows.forEach((row, index) => {
          row[name] = valueAt(indexes === undefined ? index : (indexes[index] ?? -1));
        });
      }
      return rows as never;
    },
    slice: (name, type, start, end, take) => sliceColumn(chunksOf(name), type, start, end, take),
    gather: (name, type, indexes) => gatherColumn(chunksOf(name), type, indexes),
  };
}

/**
 * Objects that get a dozen properties one by one, by computed names, become hash tables in V8, which are several times larger and slower.
 * Copies of a parsed one keep its shape.
 */
function blankRow(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as Record<
    string,
    unknown
  >;
}

function corrupt(path: string, cause: unknown): LeyendaError {
  return new LeyendaError("DATA_CORRUPT", `the rows file cannot be read: ${(cause as Error).message}`, {
    where: path,
    expected: "the Arrow IPC stream that the part's record describes",
    hint: "delete the part's record and run the stage again",
    cause,
  });
}
