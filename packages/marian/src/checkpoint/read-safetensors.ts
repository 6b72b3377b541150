import { z } from "zod";

import { decodeFloats, floatBytes, type FloatType } from "./decode-floats.js";
import { invalidModel } from "./invalid-model.js";
import { readModelFile } from "./read-model-file.js";

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
      data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

const maxHeaderBytes = 100_000_000;

const types: Partial<Record<string, FloatType>> = { F64: "f64", F32: "f32", F16: "f16", BF16: "bf16" };

/**
 * Reads all tensors of a safetensors file: u64 header size, JSON header, data.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID naming file and tensor
 */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  const bytes = await readModelFile(path, "the weights");
  const headerBytes = bytes.length < 8 ? Number.POSITIVE_INFINITY : Number(bytes.readBigUInt64LE(0));
  if (headerBytes > Math.min(maxHeaderBytes, bytes.length - 8))
    throw invalidModel(path, "the file is truncated or no safetensors file");
  const header = parseHeader(bytes.toString("utf8", 8, 8 + headerBytes), path);
  const data = bytes.subarray(8 + headerBytes);
  const tensors = new Map<string, Tensor>();
  let promised = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__" || !isTensor(entry)) continue;
    const [start, end] = entry.data_offsets;
    const type = types[entry.dtype];
    const elements = entry.shape.reduce((product, side) => product * side, 1);
    if (type === undefined) {
      throw invalidModel(
        path,
        `element type ${entry.dtype} is not supported (F64, F32, F16 and BF16 are)`,
        `tensor ${name}`,
      );
    }
    const wanted = elements * floatBytes[type];
    if (end > data.length || end - start !== wanted) {
      throw invalidModel(
        path,
        `the file is truncated: ${wanted} bytes are wanted at ${start}`,
        `tensor ${name}`,
      );
    }
    promised += wanted;
    // The format has no overlaps; here they would fill any memory.
    if (promised > data.length)
      throw invalidModel(path, "its bytes are another tensor's too", `tensor ${name}`);
    tensors.set(name, { shape: entry.shape, data: decodeFloats(type, data.subarray(start, end)) });
  }
  return tensors;
}

type Header = z.infer<typeof headerSchema>;
type TensorEntry = Extract<Header[string], { dtype: string; shape: number[] }>;

function isTensor(entry: Header[string]): entry is TensorEntry {
  return Array.isArray(entry.shape);
}

function parseHeader(text: string, path: string): Header {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalidModel(path, "the header is not what safetensors writes", undefined, cause);
  }
}
