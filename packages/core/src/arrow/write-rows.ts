import type { DataType, Schema } from "apache-arrow";

import type { PartFile } from "../parts/part-file.js";
import { ArrowStreamEncoder } from "./arrow-stream-encoder.js";
import { columnData } from "./column-data.js";

/** Rows of a record batch in a rows file. */
const batchRows = 8192;

/** Writes row objects to a part's rows file, an Arrow IPC stream; each field of the schema takes the property of its name. */
export async function writeRows(file: PartFile, schema: Schema, rows: readonly object[]): Promise<void> {
  const encoder = new ArrowStreamEncoder(schema);
  for (let start = 0; start === 0 || start < rows.length; start += batchRows) {
    const length = Math.min(batchRows, rows.length - start);
    const columns = schema.fields.map(({ name, type }) =>
      columnData(
        type as DataType,
        length,
        (row) => (rows[start + row] as Record<string, unknown>)[name] ?? null,
      ),
    );
    await file.write(encoder.batch(length, columns));
  }
  await file.write(encoder.finish());
}
