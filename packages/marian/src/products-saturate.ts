import { InferenceSession, Tensor } from "onnxruntime-node";

import { OnnxGraph } from "./onnx/onnx-graph.js";

/** As large as a row of activations and a column of weights can be; more than one vector of every instruction set. */
const length = 256;

let answer: Promise<boolean> | undefined;

/**
 * Whether onnxruntime's product of unsigned with signed bytes saturates on this processor, as it does with AVX2 or AVX-512
 * without VNNI, where pairs of products are added in 16 bits. Asked of the processor once, by a product of the largest values.
 */
export function productsSaturate(): Promise<boolean> {
  answer ??= probe();
  return answer;
}

async function probe(): Promise<boolean> {
  const graph = new OnnxGraph();
  const left = graph.input("left", "uint8", [1, length]);
  const weights = graph.tensor("weights", "int8", [length, 16], new Int8Array(length * 16).fill(127));
  graph.output("product", graph.node("MatMulInteger", [left, weights]), "int32", [1, 16]);
  const session = await InferenceSession.create(graph.toBytes(), { intraOpNumThreads: 1 });
  try {
    const { product } = await session.run({
      left: new Tensor("uint8", new Uint8Array(length).fill(255), [1, length]),
    });
    return (product?.data as Int32Array).some((value) => value !== 255 * 127 * length);
  } finally {
    await session.release();
  }
}
