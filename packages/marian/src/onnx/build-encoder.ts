import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { Layers, type Precision, transpose } from "./layers.js";
import { OnnxGraph, type Value } from "./onnx-graph.js";
import { quantizeColumns, zeroPoint } from "./quantize.js";
import { sinusoidPositions } from "./sinusoid-positions.js";

/**
 * The encoder, and what the decoder's cross-attention makes of its output once for every sentence.
 *
 * Inputs: `ids` int32 [batch, length]; `mask` float [batch, 1, 1, length], 0 for a token and very negative for padding.
 * Outputs, for each decoder layer i: `cross_keys_i` [batch, heads, d, length] and `cross_values_i` [batch, heads, length, d].
 */
export function buildEncoder(config: MarianConfig, weights: MarianWeights, precision: Precision): OnnxGraph {
  const graph = new OnnxGraph();
  const layers = new Layers(graph, weights, precision, config.layerNormEpsilon);
  const { width, encoderHeads, decoderHeads } = config;
  const ids = graph.input("ids", "int32", ["batch", "length"]);
  const mask = graph.input("mask", "float", ["batch", 1, 1, "length"]);

  let x = graph.node("Add", [embed(graph, ids, config, weights, precision), positions(graph, ids, config)]);
  for (let layer = 0; layer < config.encoderLayers; layer += 1) {
    const name = `encoder.layers.${layer}`;
    const headWidth = width / encoderHeads;
    const project = (which: string): Value =>
      layers.splitHeads(layers.linear(x, `${name}.self_attn.${which}`), encoderHeads, headWidth);
    const keys = graph.node("Transpose", [project("k_proj")], { perm: [0, 1, 3, 2] });
    const attended = layers.attend(project("q_proj"), keys, project("v_proj"), headWidth, mask);
    const mixed = layers.linear(layers.mergeHeads(attended, width), `${name}.self_attn.out_proj`);
    x = layers.addAndNormalize(x, mixed, `${name}.self_attn_layer_norm`);
    x = layers.addAndNormalize(x, layers.feedForward(x, name, config.activation), `${name}.final_layer_norm`);
  }
  const headWidth = width / decoderHeads;
  for (let layer = 0; layer < config.decoderLayers; layer += 1) {
    const name = `decoder.layers.${layer}.encoder_attn`;
    const keys = layers.splitHeads(layers.linear(x, `${name}.k_proj`), decoderHeads, headWidth);
    const values = layers.splitHeads(layers.linear(x, `${name}.v_proj`), decoderHeads, headWidth);
    const turned = graph.node("Transpose", [keys], { perm: [0, 1, 3, 2] });
    graph.output(`cross_keys_${layer}`, turned, "float", ["batch", decoderHeads, headWidth, "length"]);
    graph.output(`cross_values_${layer}`, values, "float", ["batch", decoderHeads, "length", headWidth]);
  }
  return graph;
}

/** Embedding rows of ids, scaled as the model says: [batch, length, width]. */
function embed(
  graph: OnnxGraph,
  ids: Value,
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
): Value {
  const { vocabularySize, width } = config;
  const scale = config.scaleEmbedding ? Math.sqrt(width) : 1;
  const embedding = weights.embedding();
  if (precision === "fp32") {
    const table = graph.tensor("embedding", "float", [vocabularySize, width], embedding);
    return graph.node("Mul", [graph.node("Gather", [table, ids]), graph.float(scale)]);
  }
  // A scale for each word: its row here, its column where the decoder multiplies with it.
  const { bytes, scales } = quantizeColumns(
    transpose(embedding, vocabularySize, width),
    width,
    vocabularySize,
  );
  const table = graph.tensor(
    "embedding",
    "uint8",
    [vocabularySize, width],
    transposeBytes(bytes, width, vocabularySize),
  );
  const wordScales = graph.tensor("embedding.scales", "float", [vocabularySize, 1], scales);
  const rows = graph.node("Cast", [graph.node("Gather", [table, ids])], { to: 1n });
  const centred = graph.node("Sub", [rows, graph.float(zeroPoint)]);
  const values = graph.node("Mul", [centred, graph.node("Gather", [wordScales, ids])]);
  return graph.node("Mul", [values, graph.float(scale)]);
}

function transposeBytes(data: Uint8Array, rows: number, columns: number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      result[column * rows + row] = data[row * columns + column] ?? 0;
  }
  return result;
}

/** Positions 0 … length − 1: [length, width]. */
function positions(
  graph: OnnxGraph,
  ids: Value,
  { maxPositions, width, positions: form }: MarianConfig,
): Value {
  const table = graph.tensor(
    "positions",
    "float",
    [maxPositions, width],
    sinusoidPositions(maxPositions, width, form),
  );
  const length = graph.node("Slice", [graph.node("Shape", [ids]), graph.ints(1), graph.ints(2)]);
  return graph.node("Slice", [table, graph.ints(0), length, graph.ints(0)]);
}
