import { transpose } from "../../onnx/layers.js";
import { decodeFloats } from "../decode-floats.js";
import { readModelFile } from "../read-model-file.js";
import type { MarianContent, MarianItem } from "./marian-item.js";

const version = 1n;
const headerBytes = 32;
const maxItems = 100_000;
const alignment = 256;

const integerTypes = new Set([0x4101, 0x4102, 0x10001, 0x10002]);

/** Weights arranged for one kind of processor; only that processor's own code can say where an element is. */
const packedTypes: ReadonlyMap<number, string> = new Map([
  [0x802, "packed16"],
  [0x1801, "packed8avx2"],
  [0x2801, "packed8avx512"],
  [0x11001, "intgemm8 for SSSE3"],
  [0x12001, "intgemm8 for AVX2"],
  [0x13001, "intgemm8 for AVX512"],
  [0x18001, "intgemm8 for AVX512-VNNI"],
]);

/**
 * Reads a Marian `.bin`: u64 version; u64 items; for each u64 × 4 (bytes of the name with its NUL, type, sides, bytes of data);
 * names; sides as int32; u64 bytes of padding and the padding; data.
 *
 * @throws Error naming the parameter
 */
export async function readMarianBin(path: string): Promise<MarianItem[]> {
  const bytes = await readModelFile(path, "the weights");
  let at = 0;
  const take = (length: number, what: string): Buffer => {
    if (!(length >= 0) || at + length > bytes.length) throw new Error(`the file is truncated in ${what}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const u64 = (what: string): number => Number(take(8, what).readBigUInt64LE());
  if (bytes.length < 16 || take(8, "the header").readBigUInt64LE() !== version)
    throw new Error("the file is not a Marian binary of version 1");
  const count = u64("the header");
  if (count > maxItems || count * headerBytes > bytes.length)
    throw new Error("the file is truncated in the header");
  const headers = Array.from({ length: count }, () => ({
    nameBytes: u64("the header"),
    type: u64("the header"),
    sides: u64("the header"),
    dataBytes: u64("the header"),
  }));
  const names = headers.map(({ nameBytes }) =>
    take(nameBytes, "the names").toString("utf8").replace(/\0+$/, ""),
  );
  const shapes = headers.map(({ sides }, index) => {
    const data = take(4 * sides, `the shape of ${names[index] ?? ""}`);
    return Array.from({ length: sides }, (_, side) => data.readInt32LE(4 * side));
  });
  take(u64("the padding"), "the padding");
  // Marian's own lengths include the padding; other writers' may not, and pad all the same.
  const padded = (length: number): number => Math.ceil(length / alignment) * alignment;
  const paddedTotal = headers.reduce((sum, { dataBytes }) => sum + padded(dataBytes), 0);
  const pads = at + paddedTotal === bytes.length;
  return headers.map(({ type, dataBytes }, index) => {
    const name = names[index] ?? "";
    const shape = shapes[index] ?? [];
    const data = take(pads ? padded(dataBytes) : dataBytes, `parameter ${name}`);
    try {
      const content = decode(type, shape, data);
      return { name, shape, content: integerTypes.has(type) ? turned(name, shape, content) : content };
    } catch (cause) {
      throw new Error(`parameter ${name}: ${(cause as Error).message}`, { cause });
    }
  });
}

/** Every matrix in integers lies column by column but the embedding, which is multiplied with from the other side. */
function turned(
  name: string,
  [rows = 1, columns = 1]: readonly number[],
  content: MarianContent,
): MarianContent {
  if (content.kind === "bytes" || name.includes("Wemb")) return content;
  return { kind: "floats", data: transpose(content.data, columns, rows) };
}

function decode(type: number, shape: readonly number[], data: Buffer): MarianContent {
  const elements = shape.reduce((product, side) => product * side, 1);
  const need = (bytes: number): Buffer => {
    if (shape.some((side) => side < 0) || bytes > data.length)
      throw new Error(`${data.length} bytes where its shape [${shape.join(", ")}] needs ${bytes}`);
    return data.subarray(0, bytes);
  };
  const packed = packedTypes.get(type);
  if (packed !== undefined) {
    throw new Error(
      `its type is ${packed}, which only that processor can read; convert the model for "intgemm8" or use the .npz`,
    );
  }
  switch (type) {
    case 0x101:
    case 0x201:
      return { kind: "bytes", data: need(elements) };
    case 0x402:
      return { kind: "floats", data: decodeFloats("f16", need(2 * elements)) };
    case 0x404:
      return { kind: "floats", data: decodeFloats("f32", need(4 * elements)) };
    case 0x408:
      return { kind: "floats", data: decodeFloats("f64", need(8 * elements)) };
    case 0x4101:
    case 0x10001:
      return {
        kind: "floats",
        data: dequantize(new Int8Array(need(elements + 4)), elements, data, elements),
      };
    case 0x4102:
    case 0x10002: {
      const values = new Int16Array(new Uint8Array(need(2 * elements + 4)).buffer, 0, elements);
      return { kind: "floats", data: dequantize(values, elements, data, 2 * elements) };
    }
    default:
      throw new Error(`its type 0x${type.toString(16)} is not supported`);
  }
}

/** The float32 after the integers says how many of them make 1. */
function dequantize(
  values: Int8Array | Int16Array,
  elements: number,
  data: Buffer,
  multiplierAt: number,
): Float32Array {
  const multiplier = data.readFloatLE(multiplierAt);
  if (!(multiplier > 0)) throw new Error(`its multiplier is ${multiplier}`);
  const floats = new Float32Array(elements);
  for (let index = 0; index < elements; index += 1) floats[index] = (values[index] ?? 0) / multiplier;
  return floats;
}
