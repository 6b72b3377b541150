import type { MarianConfig, Precision } from "@leyenda/marian";
import { giveCrossAttention, Layers, OnnxGraph, scaledQuery, type Weights } from "@leyenda/marian/decoder";

import type { ClipVisionMarianConfig } from "../config/clip-vision-marian-config.js";

/**
 * CLIP's vision transformer up to the last layer's output (before `post_layernorm`), projected to the decoder's width, and what the
 * decoder's cross-attention makes of it once for every picture.
 *
 * Input: `pixels` float [batch, 3, edge, edge], normalised. Outputs: see `giveCrossAttention`; length is the number of patches and
 * one for the class token.
 *
 * @param weights of the encoder and the decoder's cross-attention, by their common names
 */
export function buildVisionEncoder(
  vision: ClipVisionMarianConfig["clip_vision_config"],
  decoder: MarianConfig,
  weights: Weights,
  precision: Precision,
): OnnxGraph {
  const graph = new OnnxGraph();
  const layers = new Layers(graph, weights, precision, vision.layer_norm_eps);
  const { hidden_size: width, num_attention_heads: heads, patch_size: patch, image_size: edge } = vision;
  const d = width / heads;
  const pixels = graph.input("pixels", "float", ["batch", vision.num_channels, edge, edge]);
  const batch = graph.node("Slice", [graph.node("Shape", [pixels]), graph.ints(0), graph.ints(1)]);
  const tensor = (name: string, shape: readonly number[]): string =>
    graph.tensor(name, "float", shape, weights.get(`vision_model.embeddings.${name}`).data);

  const kernel = tensor("patch_embedding.weight", [width, vision.num_channels, patch, patch]);
  const patches = graph.node("Conv", [pixels, kernel], {
    kernel_shape: [patch, patch],
    strides: [patch, patch],
  });
  const flat = graph.node("Reshape", [patches, graph.ints(0, width, -1)]);
  const seen = graph.node("Transpose", [flat], { perm: [0, 2, 1] });
  const forEach = graph.node("Concat", [batch, graph.ints(1, width)], { axis: 0n });
  const classToken = graph.node("Expand", [tensor("class_embedding", [1, 1, width]), forEach]);
  const tokens = graph.node("Concat", [classToken, seen], { axis: 1n });
  const places = Math.floor(edge / patch) ** 2 + 1;
  const placed = graph.node("Add", [tokens, tensor("position_embedding.weight", [1, places, width])]);
  // From here on every token is a row of its own.
  let x = layers.normalize(
    graph.node("Reshape", [placed, graph.ints(-1, width)]),
    "vision_model.pre_layrnorm",
  );
  for (let layer = 0; layer < vision.num_hidden_layers; layer += 1) {
    const name = `vision_model.encoder.layers.${layer}`;
    x = graph.node("Add", [x, attention(layers.normalize(x, `${name}.layer_norm1`), `${name}.self_attn`)]);
    const hidden = layers.linear(layers.normalize(x, `${name}.layer_norm2`), `${name}.mlp.fc1`);
    // CLIP's GELU: x · sigmoid(1.702 x).
    const active = graph.contrib("QuickGelu", [hidden], { alpha: 1.702 });
    x = graph.node("Add", [x, layers.linear(active, `${name}.mlp.fc2`)]);
  }
  giveCrossAttention(layers, layers.linear(x, "visual_projection"), batch, decoder);
  return graph;

  function attention(x: string, name: string): string {
    const all = layers.linear(x, scaledQuery(name, d), `${name}.k_proj`, `${name}.v_proj`);
    const [q = "", k = "", v = ""] = graph
      .nodeWithOutputs("Split", [all], 3, { axis: -1n })
      .map((part) => layers.splitHeads(part, batch, heads, d));
    const scores = graph.node("MatMul", [q, layers.transposeKeys(k)]);
    const shares = graph.node("Softmax", [scores], { axis: -1n });
    return layers.linear(layers.mergeHeads(graph.node("MatMul", [shares, v]), width), `${name}.out_proj`);
  }
}
