import type { PartFile } from "@leyenda/core";
import { Bool, type DataType, Float32, Int32 } from "apache-arrow";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

import { shardSchema, type ShardRow } from "../../write/shard-schema.js";
import type { ExportWriter } from "../export-format.js";

/**
 * Parquet as `datasets` writes it for pictures: a row group for every batch of rows (100 by default), and the features under
 * `huggingface` in the file's metadata. Pictures are not compressed again; the other columns are, by Snappy.
 */
export const parquet: ExportWriter = {
  write: async (batches, context, { withExtra }) => {
    const schema = shardSchema(withExtra);
    const file = await context.create("parquet");
    const out = new PartFileWriter(file);
    const writer = new ParquetWriter({
      writer: out,
      schema: [
        { name: "schema", num_children: schema.fields.length },
        ...schema.fields.flatMap(({ name, type }) => elementsOf(name, type as DataType)),
      ],
      kvMetadata: [...schema.metadata].map(([key, value]) => ({ key, value })),
      createdBy: "leyenda",
    });
    for await (const rows of batches) {
      await writer.write({
        rowGroupSize: rows.length,
        columnData: schema.fields.map(({ name }) => ({
          name,
          data: rows.map((row) => row[name as keyof ShardRow] ?? null),
          ...(name === "image" ? { codec: "UNCOMPRESSED", statistics: false } : {}),
        })),
      });
    }
    await writer.finish();
    await out.flush();
  },
};

const optional = { repetition_type: "OPTIONAL" } as const;
const text = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } } as const;

function elementsOf(name: string, type: DataType): SchemaElement[] {
  if (name === "image")
    return [
      { name, ...optional, num_children: 2 },
      { name: "bytes", ...optional, type: "BYTE_ARRAY" },
      { name: "path", ...optional, ...text },
    ];
  if (type instanceof Int32) return [{ name, ...optional, type: "INT32" }];
  if (type instanceof Float32) return [{ name, ...optional, type: "FLOAT" }];
  if (type instanceof Bool) return [{ name, ...optional, type: "BOOLEAN" }];
  return [{ name, ...optional, ...text }];
}

/** Hands what was written to the part's file after each row group. */
class PartFileWriter extends ByteWriter {
  readonly #file: PartFile;

  constructor(file: PartFile) {
    super(1 << 20);
    this.#file = file;
  }

  async flush(): Promise<void> {
    await this.#file.write([this.getBytes()]);
    this.index = 0;
  }
}
