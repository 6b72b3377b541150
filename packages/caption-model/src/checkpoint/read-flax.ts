import { type FileHandle, open } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import { invalidModel, type WeightTensor } from "@leyenda/marian/decoder";

import { type ListedArray, listArrays } from "./list-arrays.js";

/** What PyTorch calls the parameters that Flax has other names for. */
const torchNames: Partial<Record<string, string>> = {
  kernel: "weight",
  scale: "weight",
  embedding: "weight",
};

/**
 * Reads a Flax model's weights, array by array, into PyTorch's names and layouts: kernels are [in, out] and [height, width, in, out]
 * in Flax, [out, in] and [out, in, height, width] in PyTorch.
 *
 * @param path of a `flax_model.msgpack`
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID naming the file and parameter
 */
export async function readFlax(path: string): Promise<Map<string, WeightTensor>> {
  const file = await open(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "the weights cannot be read", { where: path, cause });
  });
  try {
    const tensors = new Map<string, WeightTensor>();
    for (const array of await listArrays(file, path)) {
      const last = array.path.at(-1) ?? "";
      const name = [...array.path.slice(0, -1), torchNames[last] ?? last].join(".");
      const data = await readFloats(file, array, path);
      tensors.set(
        name,
        last === "kernel" ? fromKernel(array.shape, data) : { shape: [...array.shape], data },
      );
    }
    return tensors;
  } finally {
    await file.close();
  }
}

async function readFloats(file: FileHandle, array: ListedArray, path: string): Promise<Float32Array> {
  const elements = array.shape.reduce((product, side) => product * side, 1);
  const where = `parameter ${array.path.join("/")}`;
  if (array.type !== "float32")
    throw invalidModel(path, `element type ${array.type} is not supported (float32 is)`, where);
  if (array.bytes !== elements * 4)
    throw invalidModel(path, `${array.bytes} bytes are there, ${elements * 4} are wanted`, where);
  const data = new Float32Array(elements);
  const bytes = new Uint8Array(data.buffer);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, array.offset + done);
    if (bytesRead === 0) throw invalidModel(path, "the file is truncated", where);
    done += bytesRead;
  }
  return data;
}

function fromKernel(shape: readonly number[], data: Float32Array): WeightTensor {
  const out = shape.at(-1) ?? 0;
  const inner = shape.at(-2) ?? 0;
  const places = out * inner === 0 ? 0 : data.length / out / inner;
  const result = new Float32Array(data.length);
  let from = 0;
  for (let place = 0; place < places; place += 1) {
    for (let i = 0; i < inner; i += 1) {
      for (let o = 0; o < out; o += 1) result[(o * inner + i) * places + place] = data[from++] ?? 0;
    }
  }
  return { shape: [out, inner, ...shape.slice(0, -2)], data: result };
}
