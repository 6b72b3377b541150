import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { giveCrossAttention } from "./cross-attention.js";
import { embed, type EmbeddingTable } from "./embed.js";
import { Layers, type Precision, scaledQuery } from "./layers.js";
import { OnnxGraph } from "./onnx-graph.js";
import { sinusoidPositions } from "./sinusoid-positions.js";

/**
 * The encoder, and what the decoder's cross-attention makes of its output once for every sentence.
 *
 * Inputs: `ids` int32 [batch, length]; `mask` float [batch, 1, 1, length], 0 for a token and very negative for padding.
 * Outputs, for each decoder layer i: `cross_keys_i` float [batch, heads, d, length], transposed as its product wants them, and
 * `cross_values_i` float [batch, heads, length, d].
 */
export function buildEncoder(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
  embedding: EmbeddingTable,
): OnnxGraph {
  const graph = new OnnxGraph();
  const layers = new Layers(graph, weights, precision, config.layerNormEpsilon);
  const { width, encoderHeads, maxPositions } = config;
  const ids = graph.input("ids", "int32", ["batch", "length"]);
  const mask = graph.input("mask", "float", ["batch", 1, 1, "length"]);
  const shape = graph.node("Shape", [ids]);
  const sentences = graph.node("Slice", [shape, graph.ints(0), graph.ints(1)]);
  const length = graph.node("Slice", [shape, graph.ints(1), graph.ints(2)]);

  const table = graph.tensor(
    "positions",
    "float",
    [maxPositions, width],
    sinusoidPositions(maxPositions, width, config.positions),
  );
  const positions = graph.node("Slice", [table, graph.ints(0), length, graph.ints(0)]);
  const words = embed(graph, ids, config, embedding);
  // From here on every token is a row of its own.
  let x = graph.node("Reshape", [graph.node("Add", [words, positions]), graph.ints(-1, width)]);
  for (let layer = 0; layer < config.encoderLayers; layer += 1) {
    const name = `encoder.layers.${layer}`;
    const d = width / encoderHeads;
    const attention = `${name}.self_attn`;
    const all = layers.linear(x, scaledQuery(attention, d), `${attention}.k_proj`, `${attention}.v_proj`);
    const [q = "", k = "", v = ""] = graph
      .nodeWithOutputs("Split", [all], 3, { axis: -1n })
      .map((part) => layers.splitHeads(part, sentences, encoderHeads, d));
    const attended = layers.mergeHeads(layers.attend(q, layers.transposeKeys(k), v, mask), width);
    x = layers.addAndNormalize(
      x,
      layers.linear(attended, `${attention}.out_proj`),
      `${attention}_layer_norm`,
    );
    x = layers.feedForward(x, name, config.activation);
  }
  giveCrossAttention(layers, x, sentences, config);
  return graph;
}
