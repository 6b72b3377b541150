import { readFile } from "node:fs/promises";

import { type Data, tableFromIPC } from "apache-arrow";

import { LeyendaError } from "../errors.js";
import { chunkValues } from "./chunk-values.js";

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
}

/**
 * Reads a part's rows file whole (a part of 10,000 rows is a few MB). Its values are decoded when they are asked for.
 *
 * @throws LeyendaError DATA_CORRUPT when it is missing or no Arrow stream
 */
export async function openRows<Row extends object>(path: string): Promise<RowsFile<Row>> {
  const table = await readFile(path)
    .then((bytes) => tableFromIPC(bytes))
    .catch((cause: unknown) => {
      throw corrupt(path, cause);
    });
  const names = table.schema.names.map(String);

  function columnOf(
    name: string,
    wanted: ArrayLike<number> | undefined,
    give: (index: number, value: unknown) => void,
  ): void {
    const vector = table.getChild(name);
    if (vector === null) throw corrupt(path, new Error(`there is no column ${name}`));
    const chunks = vector.data.map(({ length }) => length);
    const readers = vector.data.map((data: Data) => chunkValues(data));
    if (wanted === undefined) {
      let row = 0;
      readers.forEach((valueAt, chunk) => {
        for (let index = 0; index < (chunks[chunk] ?? 0); index += 1, row += 1) give(row, valueAt(index));
      });
      return;
    }
    for (let index = 0; index < wanted.length; index += 1) {
      let [chunk, row] = [0, wanted[index] ?? 0];
      while (row >= (chunks[chunk] ?? Infinity)) {
        row -= chunks[chunk] ?? 0;
        chunk += 1;
      }
      give(index, readers[chunk]?.(row));
    }
  }

  // The schema that wrote the file gave these types; a file of another kind has failed above.
  return {
    rows: table.numRows,
    column: (name) => {
      const values = new Array<unknown>(table.numRows);
      columnOf(name, undefined, (row, value) => {
        values[row] = value;
      });
      return values as never;
    },
    take: (indexes, columns) => {
      const length = indexes?.length ?? table.numRows;
      const wanted = columns ?? names;
      const blank = blankRow(wanted);
      const rows = Array.from({ length }, () => ({ ...blank }));
      for (const name of wanted)
        columnOf(name, indexes, (index, value) => {
          const row = rows[index];
          if (row !== undefined) row[name] = value;
        });
      return rows as never;
    },
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
