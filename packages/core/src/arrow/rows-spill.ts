import { randomBytes } from "node:crypto";
import { open, type FileHandle, unlink } from "node:fs/promises";
import { join } from "node:path";

import type { DataType, Schema, TypeMap } from "apache-arrow";

import { ArrowStreamEncoder } from "./arrow-stream-encoder.js";
import { openRows, type RowsFile } from "./open-rows.js";

/**
 * Rows laid aside on the disk until others have come, and then read together. Its file has no name from the start, so that nothing is left
 * of it when the process ends, in whatever way.
 */
export class RowsSpill<Row extends object> {
  readonly #handle: FileHandle;
  readonly #schema: Schema;
  readonly #encoder: ArrowStreamEncoder<TypeMap>;

  private constructor(handle: FileHandle, schema: Schema) {
    this.#handle = handle;
    this.#schema = schema;
    this.#encoder = new ArrowStreamEncoder(schema as Schema<TypeMap>);
  }

  /** @param schema of the rows files that rows come from */
  static async create<Row extends object>(folder: string, schema: Schema): Promise<RowsSpill<Row>> {
    const path = join(folder, `spill-${process.pid}-${randomBytes(4).toString("hex")}.incomplete`);
    const handle = await open(path, "wx+");
    await unlink(path);
    return new RowsSpill(handle, schema);
  }

  /** Adds rows of a file, behind those that are there. */
  async add(rows: RowsFile<Row>, indexes: ArrayLike<number>): Promise<void> {
    if (indexes.length === 0) return;
    const columns = this.#schema.fields.map(({ name, type }) =>
      rows.gather(name as keyof Row & string, type as DataType, indexes),
    );
    await this.#handle.appendFile(Buffer.concat(this.#encoder.batch(indexes.length, columns)));
  }

  /** All rows that were added, in order; none can be added afterwards. */
  async read(): Promise<RowsFile<Row>> {
    await this.#handle.appendFile(Buffer.concat(this.#encoder.finish()));
    const bytes = Buffer.allocUnsafeSlow(this.#encoder.position);
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.byteLength - done, done);
      if (bytesRead === 0) throw new Error("the file of rows laid aside has become shorter");
      done += bytesRead;
    }
    return openRows(bytes);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
