import { LeyendaError, type StoredFile, storeOf } from "@leyenda/core";
import { registerArrowCodecs } from "@leyenda/shards/read";
import {
  Bool,
  compressionRegistry,
  type CompressionType,
  type Data,
  DataType,
  makeData,
  Vector,
} from "apache-arrow";

import { type BatchPlace, indexStream, type StreamIndex } from "./index-stream.js";
import { type ColumnPlace, placeColumns } from "./place-columns.js";

/** Some columns of a record batch, by name. */
export type Columns = ReadonlyMap<string, Vector>;

interface Range {
  start: number;
  end: number;
}

/** Ranges of a file closer together than this are read in one go. */
const nearBytes = 32 << 10;

/**
 * An Arrow IPC stream, of which any columns of any batch are read with positioned reads: captions without pictures. Memory is what
 * is asked for.
 */
export class ArrowFile {
  readonly index: StreamIndex;
  readonly #path: string;
  readonly #handle: StoredFile;
  readonly #places: readonly ColumnPlace[];

  private constructor(path: string, handle: StoredFile, index: StreamIndex) {
    this.#path = path;
    this.#handle = handle;
    this.index = index;
    this.#places = placeColumns(index.schema.fields);
  }

  /**
   * @param known its index, where it is kept; it must be of the very same file
   * @throws LeyendaError DATA_MISSING, or DATA_CORRUPT when it is no Arrow stream that this viewer reads
   */
  static async open(path: string, known?: StreamIndex): Promise<ArrowFile> {
    const handle = await storeOf(path)
      .open(path)
      .catch((cause: unknown) => {
        throw new LeyendaError("DATA_MISSING", "a file of the dataset is not there", { where: path, cause });
      });
    try {
      return new ArrowFile(path, handle, known ?? (await indexStream(handle, (await handle.stat()).size)));
    } catch (cause) {
      await handle.close();
      throw corrupt(path, (cause as Error).message, cause);
    }
  }

  get rows(): number {
    return this.index.rows;
  }

  /** The batch that holds a row of the file. */
  batchOf(row: number): BatchPlace {
    const batch = this.index.batches.find(({ firstRow, rows }) => row >= firstRow && row < firstRow + rows);
    if (batch === undefined) throw corrupt(this.#path, `it has ${this.rows} rows, and row ${row} is wanted`);
    return batch;
  }

  /** Columns of a batch; those that the file does not have are left out. */
  async columns(batch: BatchPlace, names: readonly string[]): Promise<Columns> {
    const places = this.#places.filter(({ field }) => names.includes(field.name));
    const bytes = await this.#read(batch, places.flatMap(buffersUnder));
    return new Map(
      places.map((place) => [place.field.name, new Vector([toData(place, batch, bytes)])] as const),
    );
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Buffers of a batch by their number. */
  async #read({ header, body }: BatchPlace, buffers: readonly number[]): Promise<Map<number, Uint8Array>> {
    const regions = buffers.map((buffer) => {
      const region = header.buffers[buffer];
      if (region === undefined) throw corrupt(this.#path, "a batch lacks buffers");
      return { buffer, start: region.offset, end: region.offset + region.length };
    });
    const ranges: Range[] = [];
    for (const { start, end } of regions.toSorted((a, b) => a.start - b.start)) {
      const last = ranges.at(-1);
      if (last !== undefined && start - last.end <= nearBytes) last.end = Math.max(last.end, end);
      else ranges.push({ start, end });
    }
    const read = await this.#readRanges(body, ranges);
    const unpack = await unpacker(header.compression?.type ?? null);
    return new Map(
      regions.map(({ buffer, start, end }) => {
        const from = read.findLast((range) => range.start <= start);
        if (from === undefined) throw new RangeError("a buffer that was not read");
        return [buffer, unpack(from.bytes.subarray(start - from.start, end - from.start))] as const;
      }),
    );
  }

  #readRanges(body: number, ranges: readonly Range[]): Promise<(Range & { bytes: Buffer<ArrayBuffer> })[]> {
    return Promise.all(
      ranges.map(async ({ start, end }) => {
        // Not from a pool: typed arrays are laid over it, which asks for alignment.
        const bytes = Buffer.from(new ArrayBuffer(end - start));
        let done = 0;
        while (done < bytes.length) {
          const { bytesRead } = await this.#handle.read(
            bytes,
            done,
            bytes.length - done,
            body + start + done,
          );
          if (bytesRead === 0) throw corrupt(this.#path, "it has become shorter");
          done += bytesRead;
        }
        return { start, end, bytes };
      }),
    );
  }
}

function buffersUnder({ field, buffer, children }: ColumnPlace): number[] {
  const own = DataType.isStruct(field.type)
    ? [buffer]
    : DataType.isUtf8(field.type) || DataType.isBinary(field.type)
      ? [buffer, buffer + 1, buffer + 2]
      : [buffer, buffer + 1];
  return [...own, ...children.flatMap(buffersUnder)];
}

function toData(place: ColumnPlace, batch: BatchPlace, bytes: ReadonlyMap<number, Uint8Array>): Data {
  const { field, node, buffer, children } = place;
  const { length = 0, nullCount = 0 } = batch.header.nodes[node] ?? {};
  const bufferAt = (index: number): Uint8Array => bytes.get(buffer + index) ?? new Uint8Array();
  const type = field.type as DataType;
  const common = { type, length, nullCount, nullBitmap: nullCount === 0 ? undefined : bufferAt(0) };
  if (DataType.isStruct(type)) {
    return makeData({ ...common, type, children: children.map((child) => toData(child, batch, bytes)) });
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const valueOffsets = typed(Int32Array, bufferAt(1));
    return makeData({ ...common, type, valueOffsets, data: bufferAt(2) } as Parameters<typeof makeData>[0]);
  }
  const data = type instanceof Bool ? bufferAt(1) : typed(type.ArrayType as TypedArrayOf, bufferAt(1));
  return makeData({ ...common, data } as Parameters<typeof makeData>[0]);
}

/** Before a compressed buffer stands its length as it was; -1 before one that was left as it is. */
const lengthBytes = 8;

async function unpacker(type: CompressionType | null): Promise<(buffer: Buffer) => Uint8Array> {
  if (type === null) return (buffer) => buffer;
  await registerArrowCodecs();
  return (buffer) => {
    if (buffer.length < lengthBytes) return new Uint8Array();
    const rest = buffer.subarray(lengthBytes);
    if (buffer.readBigInt64LE() === -1n) return rest;
    const unpacked = compressionRegistry.get(type)?.decode?.(rest);
    if (unpacked === undefined) throw new RangeError(`compression ${type} is not known`);
    return unpacked;
  };
}

type TypedArrayOf<Values = ArrayLike<unknown>> = (new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => Values) & { BYTES_PER_ELEMENT: number };

function typed<Values>(Type: TypedArrayOf<Values>, bytes: Uint8Array): Values {
  // What was unpacked may begin anywhere; only a copy of it can be looked at as numbers.
  const { buffer, byteOffset } =
    bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new Type(buffer, byteOffset, Math.floor(bytes.byteLength / Type.BYTES_PER_ELEMENT));
}

function corrupt(path: string, message: string, cause?: unknown): LeyendaError {
  return new LeyendaError("DATA_CORRUPT", `a file cannot be read: ${message}`, {
    where: path,
    expected: "an Arrow IPC stream as this version of Leyenda writes it",
    hint: 'find out what is wrong with "leyenda verify"',
    cause,
  });
}
