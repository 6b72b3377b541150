import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { embeddingTensor, type EmbeddingTable } from "./embed.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";

/**
 * The log probability of one given word for every row, as a loss wants it: over all words, those that are never generated too.
 *
 * Logits are products in float32 with the embedding as it is held, so that in int8 they differ a little from the search's.
 *
 * @param x [rows, width]
 * @param target int32 [rows]
 * @param denominator of `likeliestWords`, which banned words may be missing from
 * @returns float [rows]
 */
export function scoreWord(
  graph: OnnxGraph,
  x: Value,
  target: Value,
  denominator: Value,
  config: MarianConfig,
  weights: MarianWeights,
  table: EmbeddingTable,
): Value {
  const { vocabularySize } = config;
  const biases = graph.tensor("score.biases", "float", [vocabularySize], weights.logitsBias());
  const scales =
    table.scales === null ? null : graph.tensor("score.scales", "float", [vocabularySize, 1], table.scales);
  /** [rows, 1] or, of the same word for all, [1]: its logits [rows, 1] */
  const logit = (word: Value): Value => {
    const held = graph.node("Gather", [embeddingTensor(graph, config, table), word]);
    const row =
      scales === null
        ? held
        : graph.node("Mul", [graph.node("Cast", [held], { to: 1n }), graph.node("Gather", [scales, word])]);
    const product = graph.node("ReduceSum", [graph.node("Mul", [x, row]), graph.ints(-1)], { keepdims: 1n });
    return graph.node("Add", [
      product,
      graph.node("Unsqueeze", [graph.node("Gather", [biases, word]), graph.ints(-1)]),
    ]);
  };
  const left = config.renormalize ? config.bannedIds.map((id) => logit(graph.ints(id))) : [];
  const whole = left.length === 0 ? denominator : logSum(graph, [denominator, ...left]);
  return graph.node("Squeeze", [graph.node("Sub", [logit(target), whole]), graph.ints(-1)]);
}

/** log Σ exp over values [rows, 1]. */
function logSum(graph: OnnxGraph, values: readonly Value[]): Value {
  return graph.node("ReduceLogSumExp", [graph.node("Concat", values, { axis: -1n })], {
    axes: [-1],
    keepdims: 1n,
  });
}
