import { readFile } from "node:fs/promises";

import { tableFromIPC } from "apache-arrow";

import { LeyendaError } from "../errors.js";

/**
 * Reads a part's rows file whole (a part of 10,000 rows is a few MB), as objects of the row type its schema stands for.
 *
 * @param columns only these columns; all of them by default
 * @throws LeyendaError DATA_CORRUPT when it is missing, no Arrow stream, or lacks a column
 */
export async function readRows<Row extends object, Column extends keyof Row & string = keyof Row & string>(
  path: string,
  columns?: readonly Column[],
): Promise<Pick<Row, Column>[]> {
  try {
    const table = tableFromIPC(await readFile(path));
    const names = columns ?? table.schema.names.map(String);
    const rows = Array.from({ length: table.numRows }, (): Record<string, unknown> => ({}));
    for (const name of names) {
      const column = table.getChild(name);
      if (column === null) throw new Error(`there is no column ${name}`);
      rows.forEach((row, index) => {
        row[name] = column.get(index) as unknown;
      });
    }
    // The schema that wrote the file gave these types; a file of another kind has failed above.
    return rows as unknown as Pick<Row, Column>[];
  } catch (cause) {
    throw new LeyendaError("DATA_CORRUPT", `the rows file cannot be read: ${(cause as Error).message}`, {
      where: path,
      expected: "the Arrow IPC stream that the part's record describes",
      hint: "delete the part's record and run the stage again",
      cause,
    });
  }
}
