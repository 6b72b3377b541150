import { open } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";

import { decodeFloats, floatBytes, type FloatType } from "../decode-floats.js";
import { invalidModel } from "../invalid-model.js";
import { readModelFile } from "../read-model-file.js";
import type { Tensor } from "../read-safetensors.js";
import { UnpackBudget } from "../unpack-budget.js";
import { openZip } from "../zip/open-zip.js";
import { PickleDict, PickleTensor, type PickleValue } from "./pickle-value.js";
import { readLegacyFile } from "./read-legacy-file.js";
import { readPickle } from "./read-pickle.js";

/** Storages that hold weights; tensors of integers are passed over. */
const types: Partial<Record<string, FloatType>> = {
  Double: "f64",
  Float: "f32",
  Half: "f16",
  BFloat16: "bf16",
};

/** Of checkpoints in checkpoints. */
const maxDepth = 8;

const zipMagic = Buffer.from("PK\u0003\u0004", "latin1");

/**
 * Reads the state dict in a `pytorch_model.bin` (a zip of a pickle and its storages, or the file of pickles that torch before 1.6
 * wrote), executing nothing.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID naming file, tensor, or the operation or global that was refused
 */
export async function readPytorch(path: string): Promise<Map<string, Tensor>> {
  const start = await readStart(path);
  try {
    return start.equals(zipMagic)
      ? await readZipped(path)
      : readLegacy(await readModelFile(path, "the weights"));
  } catch (cause) {
    if (cause instanceof LeyendaError) throw cause;
    throw invalidModel(path, (cause as Error).message, undefined, cause);
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "the weights cannot be read", { where: path, cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readZipped(path: string): Promise<Map<string, Tensor>> {
  const zip = await openZip(path);
  try {
    const pickle = zip.names.find((name) => name.endsWith("/data.pkl"));
    if (pickle === undefined) throw new Error("there is no data.pkl in it: not written by torch.save");
    const folder = pickle.slice(0, -"data.pkl".length);
    const order = `${folder}byteorder`;
    if (zip.names.includes(order) && Buffer.from(await zip.read(order)).toString() !== "little")
      throw new Error("it is big-endian, which is not supported");
    const entries = stateDict(readPickle(await zip.read(pickle)).value);
    // Tensors of one storage together, so that no storage is read twice or kept.
    const byStorage = new Map<string, typeof entries>();
    for (const entry of entries) {
      const { key } = entry[1].storage;
      byStorage.set(key, [...(byStorage.get(key) ?? []), entry]);
    }
    const tensors = new Map<string, Tensor>();
    const budget = new UnpackBudget();
    for (const [key, views] of byStorage) {
      if (views.every(([, { storage }]) => types[storage.type] === undefined)) continue;
      const bytes = await zip.read(`${folder}data/${key}`);
      budget.add(bytes.length);
      for (const [name, view] of views) addTensor(tensors, name, view, bytes, budget);
    }
    return tensors;
  } finally {
    zip.close();
  }
}

function readLegacy(bytes: Uint8Array): Map<string, Tensor> {
  const { value, storages } = readLegacyFile(bytes, (storage) => storageBytes(storage.type));
  const tensors = new Map<string, Tensor>();
  const budget = new UnpackBudget();
  budget.add(bytes.length);
  for (const [name, view] of stateDict(value)) {
    const storage = storages.get(view.storage.key);
    if (storage === undefined) throw new Error(`the storage of tensor ${name} is missing`);
    addTensor(tensors, name, view, storage, budget);
  }
  return tensors;
}

/** Name and tensor of each item, also where the state dict lies inside a training checkpoint's `model` or `state_dict`. */
function stateDict(value: PickleValue, depth = 0): [string, PickleTensor][] {
  if (!(value instanceof PickleDict)) throw new Error("it holds no state dict");
  const inner = value.items.get("state_dict") ?? value.items.get("model");
  if (inner instanceof PickleDict) {
    if (depth > maxDepth) throw new Error("its state dict holds itself");
    return stateDict(inner, depth + 1);
  }
  const found: [string, PickleTensor][] = [];
  for (const [name, item] of value.items)
    if (typeof name === "string" && item instanceof PickleTensor) found.push([name, item]);
  return found;
}

function storageBytes(type: string): number {
  const float = types[type];
  if (float !== undefined) return floatBytes[float];
  return { Long: 8, Int: 4, Short: 2 }[type] ?? 1;
}

function addTensor(
  tensors: Map<string, Tensor>,
  name: string,
  { storage, offset, shape, strides }: PickleTensor,
  bytes: Uint8Array,
  budget: UnpackBudget,
): void {
  const type = types[storage.type];
  if (type === undefined) return;
  const size = floatBytes[type];
  if (bytes.length !== storage.length * size) {
    throw new Error(
      `tensor ${name}: its storage ${storage.key} has ${bytes.length} bytes where ${storage.length * size} are promised`,
    );
  }
  const elements = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] ?? 0), offset);
  if (elements > 0 && (last >= storage.length || elements > storage.length))
    throw new Error(`tensor ${name} of shape [${shape.join(", ")}] does not fit in its storage`);
  budget.spend(elements);
  if (isRowMajor(shape, strides)) {
    const data = bytes.subarray(offset * size, (offset + elements) * size);
    tensors.set(name, { shape: [...shape], data: decodeFloats(type, data) });
    return;
  }
  const source = decodeFloats(type, bytes);
  const data = new Float32Array(elements);
  const place = shape.map(() => 0);
  let from = offset;
  for (let index = 0; index < elements; index += 1) {
    data[index] = source[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const stride = strides[axis] ?? 0;
      const next = (place[axis] ?? 0) + 1;
      from += stride;
      place[axis] = next;
      if (next < (shape[axis] ?? 0)) break;
      from -= stride * next;
      place[axis] = 0;
    }
  }
  tensors.set(name, { shape: [...shape], data });
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let wanted = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const side = shape[axis] ?? 0;
    if (side !== 1 && strides[axis] !== wanted) return false;
    wanted *= side;
  }
  return true;
}
