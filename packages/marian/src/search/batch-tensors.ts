import { Tensor } from "onnxruntime-common";

/** Names to tensors, as the graphs take and give them. */
export type Tensors = Record<string, Tensor>;

/** Keeps only these sentences of float tensors that have sentences in front, in place. */
export function pickSentences(tensors: Tensors, places: readonly number[]): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const data = tensor.data as Float32Array;
      const size = data.length / (tensor.dims[0] ?? 1);
      for (const [to, from] of places.entries()) data.copyWithin(to * size, from * size, (from + 1) * size);
      return [
        name,
        new Tensor("float32", data.subarray(0, places.length * size), [
          places.length,
          ...tensor.dims.slice(1),
        ]),
      ];
    }),
  );
}
