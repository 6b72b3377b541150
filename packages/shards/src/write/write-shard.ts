import { ArrowStreamEncoder, binaryData, type PartFile } from "@leyenda/core";
import { type Data, type DataType, makeData, type Schema, Utf8, vectorFromArray } from "apache-arrow";

import { type ShardRow, shardSchema } from "./shard-schema.js";

/**
 * Writes rows as an Arrow IPC *stream*, the form that `datasets` reads, batch by batch: one batch is in memory.
 *
 * @param batches rows of each record batch; none of them empty
 * @param withExtra whether the dataset carries further columns of its list
 */
export async function writeShard(
  file: PartFile,
  batches: AsyncIterable<readonly ShardRow[]>,
  withExtra: boolean,
): Promise<void> {
  const schema = shardSchema(withExtra);
  const encoder = new ArrowStreamEncoder(schema);
  for await (const rows of batches) await file.write(encoder.batch(rows.length, columnsOf(schema, rows)));
  await file.write(encoder.finish());
}

function columnsOf(schema: Schema, rows: readonly ShardRow[]): Data[] {
  return schema.fields.map(({ name, type }) =>
    name === "image"
      ? makeData({
          type: type as DataType,
          length: rows.length,
          nullCount: 0,
          children: [
            binaryData(rows.map(({ image }) => image.bytes)),
            column(
              rows.map(({ image }) => image.path),
              new Utf8(),
            ),
          ],
        } as Parameters<typeof makeData>[0])
      : column(
          rows.map((row) => row[name as keyof ShardRow]),
          type as DataType,
        ),
  );
}

function column(values: readonly unknown[], type: DataType): Data {
  const [data] = vectorFromArray(values, type).data;
  if (data === undefined) throw new RangeError("a record batch needs a row");
  return data;
}
