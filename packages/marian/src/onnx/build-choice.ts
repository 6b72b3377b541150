import { OnnxGraph, type Value } from "./onnx-graph.js";
import { type Matrix, Products } from "./products.js";

/** What the shares of words are multiplied with to be summed as whole numbers: finer than a float32's last digit of the largest. */
export const shareUnit = 2 ** 40;

/**
 * The likeliest of some words, for the decoder's `hidden`: what `likeliestWords` is among all words, with a softmax over those that a
 * sentence is allowed, but for its logarithm.
 *
 * No score depends on the words that only other sentences of the batch are allowed: theirs count nothing, and shares are summed as
 * whole numbers, whose sum does not depend on where they stand.
 *
 * Inputs: `hidden` float [rows, width]; what `buildWords` gives; `words` int32 [words], ascending; `allowed` float [sentences, 1, words],
 * 0 or very negative; `count` int64 [1]. Outputs: `tokens` int64 [rows, count], best first; `excess` float [rows, count], their logits less the
 * largest; `sums` float [rows, 1], Σ exp of all allowed words' excess, times `shareUnit`.
 *
 * @param values of the matrix; where signed products saturate it is unsigned, with 128 for 0
 */
export function buildChoice(width: number, values: "float" | "int8" | "uint8"): OnnxGraph {
  const graph = new OnnxGraph();
  const hidden = graph.input("hidden", "float", ["rows", width]);
  const matrix: Matrix = { values: graph.input("matrix", values, [width, "words"]) };
  if (values !== "float") {
    const zero = values === "int8" ? graph.tensor("zero", "int8", [], Int8Array.of(0)) : graph.byte(128);
    matrix.quantized = { scales: graph.input("scales", "float", ["words"]), zero };
  }
  const bias = graph.input("bias", "float", ["words"]);
  const words = graph.input("words", "int32", ["words"]);
  const allowed = graph.input("allowed", "float", ["sentences", 1, "words"]);
  const count = graph.input("count", "int64", [1]);

  const logits = graph.node("Add", [new Products(graph).multiply(hidden, matrix), bias]);
  const shapeOf = (value: Value, start: number, end: number): Value =>
    graph.node("Slice", [graph.node("Shape", [value]), graph.ints(start), graph.ints(end)]);
  const bySentence = graph.node("Concat", [shapeOf(allowed, 0, 1), graph.ints(-1), shapeOf(allowed, 2, 3)], {
    axis: 0n,
  });
  const masked = graph.node("Reshape", [
    graph.node("Add", [graph.node("Reshape", [logits, bySentence]), allowed]),
    graph.node("Shape", [logits]),
  ]);
  const [top = "", places = ""] = graph.nodeWithOutputs("TopK", [masked, count], 2, { axis: -1n });
  const most = graph.node("Slice", [top, graph.ints(0), graph.ints(1), graph.ints(-1)]);
  const shares = graph.node("Exp", [graph.node("Sub", [masked, most])]);
  const whole = graph.node("Cast", [graph.node("Mul", [shares, graph.float(shareUnit)])], { to: 7n });
  const sum = graph.node("Cast", [graph.node("ReduceSum", [whole, graph.ints(-1)])], { to: 1n });
  graph.output("sums", sum, "float", ["rows", 1]);
  graph.output("excess", graph.node("Sub", [top, most]), "float", ["rows", "count"]);
  const ids = graph.node("Cast", [graph.node("Gather", [words, places])], { to: 7n });
  graph.output("tokens", ids, "int64", ["rows", "count"]);
  return graph;
}
