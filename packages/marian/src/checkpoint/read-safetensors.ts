import { open } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

/** A tensor in float32, row by row. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.string(),
      shape: z.array(z.int().nonnegative()),
      data_offsets: z.tuple([z.int(), z.int()]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

const maxHeaderBytes = 100_000_000;

/** Readers of the element types that weights come in, and their size in bytes. */
const readers: Partial<Record<string, { size: number; read: (view: DataView, at: number) => number }>> = {
  F32: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { size: 2, read: (view, at) => halfToFloat(view.getUint16(at, true)) },
  BF16: { size: 2, read: (view, at) => bfloatToFloat(view.getUint16(at, true)) },
};

/**
 * Reads all tensors of a safetensors file: u64 header size, JSON header, data.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID naming file and tensor
 */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  const file = await open(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "the weights cannot be read", {
      where: path,
      expected: "model.safetensors",
      cause,
    });
  });
  let bytes: Buffer;
  try {
    bytes = await file.readFile();
  } finally {
    await file.close();
  }
  const invalid = (message: string, tensor?: string): LeyendaError =>
    new LeyendaError("MODEL_INVALID", message, {
      where: tensor === undefined ? path : `${path}, tensor ${tensor}`,
    });
  const headerBytes = bytes.length < 8 ? Number.POSITIVE_INFINITY : Number(bytes.readBigUInt64LE(0));
  if (headerBytes > Math.min(maxHeaderBytes, bytes.length - 8))
    throw invalid("the file is truncated or no safetensors file");
  const header = parseHeader(bytes.toString("utf8", 8, 8 + headerBytes), invalid);
  const data = new DataView(bytes.buffer, bytes.byteOffset + 8 + headerBytes, bytes.length - 8 - headerBytes);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__" || !isTensor(entry)) continue;
    const [start, end] = entry.data_offsets;
    const reader = readers[entry.dtype];
    const elements = entry.shape.reduce((product, side) => product * side, 1);
    if (reader === undefined)
      throw invalid(`element type ${entry.dtype} is not supported (F32, F16 and BF16 are)`, name);
    if (start < 0 || end > data.byteLength || end - start !== elements * reader.size) {
      throw invalid(`the file is truncated: ${elements * reader.size} bytes are wanted at ${start}`, name);
    }
    const values = Float32Array.from({ length: elements }, (_, index) =>
      reader.read(data, start + index * reader.size),
    );
    tensors.set(name, { shape: entry.shape, data: values });
  }
  return tensors;
}

type Header = z.infer<typeof headerSchema>;
type TensorEntry = Extract<Header[string], { dtype: string; shape: number[] }>;

function isTensor(entry: Header[string]): entry is TensorEntry {
  return Array.isArray(entry.shape);
}

function parseHeader(text: string, invalid: (message: string) => LeyendaError): Header {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch {
    throw invalid("the header is not what safetensors writes");
  }
}

const scratch = new DataView(new ArrayBuffer(4));

function bfloatToFloat(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** IEEE 754 half precision: 1 sign, 5 exponent, 10 mantissa bits. */
function halfToFloat(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
