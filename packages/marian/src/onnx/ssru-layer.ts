import type { Layers } from "./layers.js";
import type { Value } from "./onnx-graph.js";

/**
 * A step of the simpler simple recurrent unit that Marian's small models have in place of self-attention (Kim et al. 2019,
 * "From Research to Production and Back"): u = x·W; f = σ(x·Wf + bf); c = f ⊙ before + (1 − f) ⊙ u; then LN(relu(c) + x).
 *
 * @param x [rows, 1, width]
 * @param before the state c of the step before, [rows, 1, width]; zeros at the first
 * @returns the layer's output and its new state, both [rows, 1, width]
 */
export function ssruLayer(
  layers: Layers,
  x: Value,
  before: Value,
  name: string,
): { output: Value; state: Value } {
  const { graph } = layers;
  const update = layers.linear(x, `${name}.rnn`, { bias: false });
  const forget = graph.node("Sigmoid", [layers.linear(x, `${name}.rnn_forget`)]);
  const kept = graph.node("Mul", [forget, before]);
  const added = graph.node("Mul", [graph.node("Sub", [graph.float(1), forget]), update]);
  const state = graph.node("Add", [kept, added]);
  const output = layers.addAndNormalize(x, graph.node("Relu", [state]), `${name}.self_attn_layer_norm`);
  return { output, state };
}
