import { type Data, type DataType, makeData, type Schema, vectorFromArray } from "apache-arrow";

import type { PartFile } from "../parts/part-file.js";
import { ArrowStreamEncoder } from "./arrow-stream-encoder.js";

/** Rows of a record batch in a rows file. */
const batchRows = 8192;

/** Writes row objects to a part's rows file, an Arrow IPC stream; each field of the schema takes the property of its name. */
export async function writeRows(file: PartFile, schema: Schema, rows: readonly object[]): Promise<void> {
  const encoder = new ArrowStreamEncoder(schema);
  for (let start = 0; start === 0 || start < rows.length; start += batchRows) {
    const slice = rows.slice(start, start + batchRows);
    await file.write(encoder.batch(slice.length, columnsOf(schema, slice)));
  }
  await file.write(encoder.finish());
}

function columnsOf(schema: Schema, rows: readonly object[]): Data[] {
  return schema.fields.map((field) => {
    const values = rows.map((row) => (row as Record<string, unknown>)[field.name] ?? null);
    // A fresh vector has one chunk, unless it is empty.
    const [data] = vectorFromArray(values, field.type as DataType).data;
    return data ?? makeData({ type: field.type as DataType });
  });
}
