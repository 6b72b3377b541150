import type { Layers } from "./layers.js";
import type { Value } from "./onnx-graph.js";

/**
 * A step of the simpler simple recurrent unit that Marian's small models have in place of self-attention (Kim et al. 2019,
 * "From Research to Production and Back"): u = x·W; f = σ(x·Wf + bf); c = f ⊙ before + (1 − f) ⊙ u; out = relu(c).
 *
 * @param x [rows, width]
 * @param before the state c of the step before, [rows, width]; zeros at the first
 * @returns what is added to x, and the new state, both [rows, width]
 */
export function ssruCell(
  layers: Layers,
  x: Value,
  before: Value,
  name: string,
): { output: Value; state: Value } {
  const { graph } = layers;
  const update = layers.product(x, `${name}.rnn`);
  const forget = graph.node("Sigmoid", [layers.linear(x, `${name}.rnn_forget`)]);
  const kept = graph.node("Mul", [forget, before]);
  const added = graph.node("Mul", [graph.node("Sub", [graph.float(1), forget]), update]);
  const state = graph.node("Add", [kept, added]);
  return { output: graph.node("Relu", [state]), state };
}
