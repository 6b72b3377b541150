import { invalidModel } from "./invalid-model.js";
import type { Tensor } from "./read-safetensors.js";

/**
 * Checks that tensors are there, have their shapes, and hold numbers.
 *
 * @param wanted names and shapes
 * @throws LeyendaError MODEL_INVALID naming the tensor
 */
export function checkTensors(
  tensors: ReadonlyMap<string, Tensor>,
  wanted: Iterable<[string, number[]]>,
  path: string,
): void {
  for (const [name, shape] of wanted) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw invalidModel(path, "the tensor is missing", `tensor ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      const [has, wants] = [tensor.shape.join(", "), shape.join(", ")];
      throw invalidModel(path, `its shape is [${has}], expected [${wants}]`, `tensor ${name}`);
    }
    if (!tensor.data.every(Number.isFinite))
      throw invalidModel(path, "it holds values that are no numbers (NaN or infinite)", `tensor ${name}`);
  }
}
