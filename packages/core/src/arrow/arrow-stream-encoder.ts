import {
  type CompressionType,
  RecordBatch,
  RecordBatchStreamWriter,
  type Schema,
  Struct,
  makeData,
  type Data,
  type TypeMap,
} from "apache-arrow";

/**
 * Encodes an Arrow IPC stream batch by batch: what it returns is to be appended to the file, in order.
 *
 * The bytes depend on the schema and the rows alone. Apache Arrow's writer queues its output for asynchronous readers;
 * here its chunks are taken as they come, so that a batch is on its way to the disk before the next one is built.
 */
export class ArrowStreamEncoder<T extends TypeMap> {
  readonly schema: Schema<T>;
  readonly #writer: ChunkWriter;
  #position = 0;

  /** @param compression of the buffers; its codec must be in Apache Arrow's registry */
  constructor(schema: Schema<T>, { compression = null }: { compression?: CompressionType | null } = {}) {
    this.schema = schema;
    this.#writer = new ChunkWriter({ compressionType: compression });
    this.#writer.reset(undefined, schema);
  }

  /** Bytes encoded so far: the file offset of the next chunk. */
  get position(): number {
    return this.#position;
  }

  /** The schema, for those who want it by itself; otherwise it comes with the first batch. */
  header(): Uint8Array[] {
    return this.#take();
  }

  /** Encodes one batch of `rows` rows; one column of data for each field of the schema. */
  batch(rows: number, columns: readonly Data[]): Uint8Array[] {
    const data = makeData({
      type: new Struct<T>(this.schema.fields),
      length: rows,
      nullCount: 0,
      children: [...columns],
    });
    this.#writer.write(new RecordBatch<T>(this.schema, data));
    return this.#take();
  }

  /** The end-of-stream marker. */
  finish(): Uint8Array[] {
    this.#writer.finish();
    return this.#take();
  }

  #take(): Uint8Array[] {
    const chunks = this.#writer.takeChunks();
    for (const chunk of chunks) this.#position += chunk.byteLength;
    return chunks;
  }
}

class ChunkWriter extends RecordBatchStreamWriter {
  #chunks: Uint8Array[] = [];

  takeChunks(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  // Apache Arrow calls this for every buffer.
  protected override _write(chunk: ArrayBufferView): this {
    const bytes =
      chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this._started && bytes.byteLength > 0) {
      this.#chunks.push(bytes);
      this._position += bytes.byteLength;
    }
    return this;
  }
}
