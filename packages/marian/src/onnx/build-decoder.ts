import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { Layers, type Precision, transpose } from "./layers.js";
import { OnnxGraph, type Value } from "./onnx-graph.js";
import { quantizeColumns, zeroPoint } from "./quantize.js";
import { sinusoidPositions } from "./sinusoid-positions.js";
import { ssruLayer } from "./ssru-layer.js";

/** Rounded, it is −∞ to a softmax, and no NaN comes of it. */
const veryNegative = -1e30;

/**
 * One step of the decoder, up to the best continuations of every row, so that neither logits nor a reordered cache leave
 * the graph. Rows are sentences × beams, a sentence's beams side by side.
 *
 * Inputs: `ids` int32 [rows], the last token; `position` int32 [1]; `origin` int32 [rows], the row of the step before that each
 * row goes on from; `count` int64 [1], continuations wanted; `cross_mask` float [sentences, 1, 1, length]; for each layer i
 * `cross_keys_i`, `cross_values_i` (see the encoder) and the cache `keys_i` [old rows, heads, d, past], `values_i` [old rows,
 * heads, past, d]; where the layers are recurrent, instead of these two the state `state_i` [old rows, 1, width].
 * Outputs: `scores` float [rows, count] (log probabilities, best first) and `tokens` int64 [rows, count]; the cache,
 * `new_keys_i` and `new_values_i`, or `new_state_i`.
 */
export function buildDecoder(config: MarianConfig, weights: MarianWeights, precision: Precision): OnnxGraph {
  const graph = new OnnxGraph();
  const layers = new Layers(graph, weights, precision, config.layerNormEpsilon);
  const { width, decoderHeads: heads, decoderLayers } = config;
  const d = width / heads;
  const ids = graph.input("ids", "int32", ["rows"]);
  const position = graph.input("position", "int32", [1]);
  const origin = graph.input("origin", "int32", ["rows"]);
  const count = graph.input("count", "int64", [1]);
  const crossMask = graph.input("cross_mask", "float", ["sentences", 1, 1, "length"]);
  const vocabulary = new Vocabulary(graph, layers, config, weights, precision);

  const table = graph.tensor(
    "positions",
    "float",
    [config.maxPositions, width],
    sinusoidPositions(config.maxPositions, width, config.positions),
  );
  const placed = graph.node("Add", [vocabulary.embed(ids), graph.node("Gather", [table, position])]);
  let x = graph.node("Unsqueeze", [placed, graph.ints(1)]);
  const sentences = graph.node("Slice", [graph.node("Shape", [crossMask]), graph.ints(0), graph.ints(1)]);

  for (let layer = 0; layer < decoderLayers; layer += 1) {
    const name = `decoder.layers.${layer}`;
    if (config.decoderCell === "ssru") {
      const old = graph.input(`state_${layer}`, "float", ["old_rows", 1, width]);
      const { output, state } = ssruLayer(layers, x, graph.node("Gather", [old, origin], { axis: 0n }), name);
      graph.output(`new_state_${layer}`, state, "float", ["rows", 1, width]);
      x = output;
    } else {
      const split = (which: string): Value =>
        layers.splitHeads(layers.linear(x, `${name}.self_attn.${which}`), heads, d);
      const cache = (which: string, shape: (number | string)[]): Value =>
        graph.node("Gather", [graph.input(`${which}_${layer}`, "float", shape), origin], { axis: 0n });
      const newKeys = graph.node("Transpose", [split("k_proj")], { perm: [0, 1, 3, 2] });
      const keys = graph.node("Concat", [cache("keys", ["old_rows", heads, d, "past"]), newKeys], {
        axis: 3n,
      });
      const values = graph.node(
        "Concat",
        [cache("values", ["old_rows", heads, "past", d]), split("v_proj")],
        {
          axis: 2n,
        },
      );
      graph.output(`new_keys_${layer}`, keys, "float", ["rows", heads, d, "now"]);
      graph.output(`new_values_${layer}`, values, "float", ["rows", heads, "now", d]);
      const attended = layers.mergeHeads(layers.attend(split("q_proj"), keys, values, d), width);
      x = layers.addAndNormalize(
        x,
        layers.linear(attended, `${name}.self_attn.out_proj`),
        `${name}.self_attn_layer_norm`,
      );
    }

    const crossKeys = graph.input(`cross_keys_${layer}`, "float", ["sentences", heads, d, "length"]);
    const crossValues = graph.input(`cross_values_${layer}`, "float", ["sentences", heads, "length", d]);
    // A sentence's beams are the places of one query: its keys and values are there once.
    const shape = graph.node("Concat", [sentences, graph.ints(-1, heads, d)], { axis: 0n });
    const query = graph.node("Reshape", [layers.linear(x, `${name}.encoder_attn.q_proj`), shape]);
    const queries = graph.node("Transpose", [query], { perm: [0, 2, 1, 3] });
    const seen = layers.attend(queries, crossKeys, crossValues, d, crossMask);
    const flat = graph.node("Reshape", [
      graph.node("Transpose", [seen], { perm: [0, 2, 1, 3] }),
      graph.ints(-1, 1, width),
    ]);
    x = layers.addAndNormalize(
      x,
      layers.linear(flat, `${name}.encoder_attn.out_proj`),
      `${name}.encoder_attn_layer_norm`,
    );
    x = layers.addAndNormalize(x, layers.feedForward(x, name, config.activation), `${name}.final_layer_norm`);
  }

  const logProbabilities = vocabulary.logProbabilities(graph.node("Squeeze", [x, graph.ints(1)]));
  const [scores = "", tokens = ""] = graph.nodeWithOutputs("TopK", [logProbabilities, count], 2, {
    axis: -1n,
  });
  graph.output("scores", scores, "float", ["rows", "count"]);
  graph.output("tokens", tokens, "int64", ["rows", "count"]);
  return graph;
}

/** The tied embedding, held once, [width, vocabulary]: read by columns at the bottom, multiplied with at the top. */
class Vocabulary {
  readonly #graph: OnnxGraph;
  readonly #layers: Layers;
  readonly #config: MarianConfig;
  readonly #matrix: Value;
  /** [vocabulary]; only in int8. */
  readonly #scales: Value | undefined;
  readonly #bias: Value;
  readonly #ban: Value;

  constructor(
    graph: OnnxGraph,
    layers: Layers,
    config: MarianConfig,
    weights: MarianWeights,
    precision: Precision,
  ) {
    this.#graph = graph;
    this.#layers = layers;
    this.#config = config;
    const { vocabularySize, width } = config;
    const matrix = transpose(weights.embedding(), vocabularySize, width);
    if (precision === "fp32") {
      this.#matrix = graph.tensor("embedding", "float", [width, vocabularySize], matrix);
    } else {
      const { bytes, scales } = quantizeColumns(matrix, width, vocabularySize);
      this.#matrix = graph.tensor("embedding", "uint8", [width, vocabularySize], bytes);
      this.#scales = graph.tensor("embedding.scales", "float", [vocabularySize], scales);
    }
    this.#bias = graph.tensor("logits_bias", "float", [vocabularySize], weights.logitsBias());
    const ban = new Float32Array(vocabularySize);
    for (const id of config.bannedIds) ban[id] = veryNegative;
    this.#ban = graph.tensor("banned", "float", [vocabularySize], ban);
  }

  /** [rows] → [rows, width] */
  embed(ids: Value): Value {
    const graph = this.#graph;
    const columns = graph.node("Gather", [this.#matrix, ids], { axis: 1n });
    const values =
      this.#scales === undefined
        ? columns
        : graph.node("Mul", [
            graph.node("Sub", [graph.node("Cast", [columns], { to: 1n }), graph.float(zeroPoint)]),
            graph.node("Gather", [this.#scales, ids]),
          ]);
    const scale = this.#config.scaleEmbedding ? Math.sqrt(this.#config.width) : 1;
    return graph.node("Mul", [graph.node("Transpose", [values], { perm: [1, 0] }), graph.float(scale)]);
  }

  /** [rows, width] → [rows, vocabulary] */
  logProbabilities(x: Value): Value {
    const graph = this.#graph;
    const product =
      this.#scales === undefined
        ? graph.node("MatMul", [x, this.#matrix])
        : this.#layers.quantizedMatmul(x, this.#matrix, this.#scales);
    const logits = graph.node("Add", [product, this.#bias]);
    // Hugging Face bans words after the softmax, unless it is told to take it anew.
    return this.#config.renormalize
      ? graph.node("LogSoftmax", [graph.node("Add", [logits, this.#ban])], { axis: -1n })
      : graph.node("Add", [graph.node("LogSoftmax", [logits], { axis: -1n }), this.#ban]);
  }
}
