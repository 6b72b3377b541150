import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { embed, type EmbeddingTable } from "./embed.js";
import { Layers, type Precision, scaledQuery } from "./layers.js";
import { OnnxGraph, type Value } from "./onnx-graph.js";
import { scoreWord } from "./score-word.js";
import { sinusoidPositions } from "./sinusoid-positions.js";
import { ssruCell } from "./ssru-cell.js";
import { likeliestWords } from "./vocabulary.js";

/**
 * One step of the decoder, up to the likeliest continuations of every row, so that no logits leave the graph. Rows are
 * sentences × beams, a sentence's beams side by side.
 *
 * The cache of self-attention is only ever appended to: `keys_i` and `values_i` hold what each beam of a sentence made at each
 * step, and `self_mask` says which of these a beam has come by, and which are not filled yet. So beams that change places move
 * no cache, and only new entries leave the graph.
 *
 * Inputs: `ids` int32 [rows], the last token; `position` int32 [1]; `count` int64 [1], continuations wanted; `self_mask` float
 * [sentences, 1, beams, slots] and `cross_mask` float [sentences, 1, 1, length], added to attention scores; for each layer i
 * `cross_keys_i`, `cross_values_i` (see the encoder) and `keys_i` float [sentences, heads, d, slots],
 * `values_i` float [sentences, heads, slots, d], slots ≥ 1. Where the layers are recurrent, there is no `self_mask`, and instead of these two the state `state_i` float [rows, width].
 * Outputs: `scores` float [rows, count] (log probabilities, best first), `tokens` int64 [rows, count]; `new_keys_i` and
 * `new_values_i` float [sentences, heads, beams, d], or `new_state_i`. A model with a shortlist gives `hidden` float [rows, width] in
 * place of `scores` and `tokens`, and takes no `count`: see `buildChoice`. A model that is to score given text takes `target`
 * int32 [rows] and gives `target_scores` float [rows], the log probabilities of these words. A model that is to show where it looks gives
 * `attention` float [sentences, beams, length]: the shares of what was encoded in the last layer's cross-attention, mean over its heads.
 */
export function buildDecoder(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
  embedding: EmbeddingTable,
  {
    shortlisted = false,
    scoring = false,
    attention = false,
  }: { shortlisted?: boolean; scoring?: boolean; attention?: boolean } = {},
): OnnxGraph {
  const graph = new OnnxGraph();
  const layers = new Layers(graph, weights, precision, config.layerNormEpsilon);
  const { width, decoderHeads: heads, decoderLayers, maxPositions } = config;
  const d = width / heads;
  const ids = graph.input("ids", "int32", ["rows"]);
  const position = graph.input("position", "int32", [1]);
  const count = shortlisted ? "" : graph.input("count", "int64", [1]);
  const recurrent = config.decoderCell === "ssru";
  const selfMask = recurrent ? "" : graph.input("self_mask", "float", ["sentences", 1, "beams", "slots"]);
  const crossMask = graph.input("cross_mask", "float", ["sentences", 1, 1, "length"]);
  const sentences = graph.node("Slice", [graph.node("Shape", [crossMask]), graph.ints(0), graph.ints(1)]);

  const table = graph.tensor(
    "positions",
    "float",
    [maxPositions, width],
    sinusoidPositions(maxPositions, width, config.positions),
  );
  const words = embed(graph, ids, config, embedding);
  let x = graph.node("Add", [words, graph.node("Gather", [table, position])]);
  /** Of the last layer's cross-attention. */
  let shares = "";
  for (let layer = 0; layer < decoderLayers; layer += 1) {
    const name = `decoder.layers.${layer}`;
    x = recurrent ? recurrence(x, layer) : selfAttention(x, layer);
    const crossKeys = graph.input(`cross_keys_${layer}`, "float", ["sentences", heads, d, "length"]);
    const crossValues = graph.input(`cross_values_${layer}`, "float", ["sentences", heads, "length", d]);
    // A sentence's beams are the places of one query: its keys and values are there once.
    const cross = `${name}.encoder_attn`;
    const query = layers.splitHeads(layers.linear(x, scaledQuery(cross, d)), sentences, heads, d);
    shares = layers.shares(query, crossKeys, crossMask);
    const seen = layers.mergeHeads(graph.node("MatMul", [shares, crossValues]), width);
    x = layers.addAndNormalize(x, layers.linear(seen, `${cross}.out_proj`), `${cross}_layer_norm`);
    x = layers.feedForward(x, name, config.activation);
  }
  if (shortlisted) {
    graph.output("hidden", x, "float", ["rows", width]);
    return graph;
  }
  const { scores, tokens, denominator } = likeliestWords(layers, x, count, config, weights);
  graph.output("scores", scores, "float", ["rows", "count"]);
  graph.output("tokens", tokens, "int64", ["rows", "count"]);
  if (scoring) {
    const target = graph.input("target", "int32", ["rows"]);
    const score = scoreWord(graph, x, target, denominator, config, weights, embedding);
    graph.output("target_scores", score, "float", ["rows"]);
  }
  if (attention) {
    const mean = graph.node("ReduceMean", [shares], { axes: [1], keepdims: 0n });
    graph.output("attention", mean, "float", ["sentences", "beams", "length"]);
  }
  return graph;

  function recurrence(x: Value, layer: number): Value {
    const before = graph.input(`state_${layer}`, "float", ["rows", width]);
    const name = `decoder.layers.${layer}`;
    const { output, state } = ssruCell(layers, x, before, name);
    graph.output(`new_state_${layer}`, state, "float", ["rows", width]);
    return layers.addAndNormalize(x, output, `${name}.self_attn_layer_norm`);
  }

  /** Attention over the cache and over the row's own new entry. */
  function selfAttention(x: Value, layer: number): Value {
    const attention = `decoder.layers.${layer}.self_attn`;
    const all = layers.linear(x, scaledQuery(attention, d), `${attention}.k_proj`, `${attention}.v_proj`);
    const [query = "", newKeys = "", newValues = ""] = graph
      .nodeWithOutputs("Split", [all], 3, { axis: -1n })
      .map((part) => layers.splitHeads(part, sentences, heads, d));
    const key = graph.output(`new_keys_${layer}`, newKeys, "float", ["sentences", heads, "beams", d]);
    const value = graph.output(`new_values_${layer}`, newValues, "float", ["sentences", heads, "beams", d]);
    const keys = graph.input(`keys_${layer}`, "float", ["sentences", heads, d, "slots"]);
    const values = graph.input(`values_${layer}`, "float", ["sentences", heads, "slots", d]);
    const past = graph.node("Add", [graph.node("MatMul", [query, keys]), selfMask]);
    const own = graph.node("ReduceSum", [graph.node("Mul", [query, key]), graph.ints(-1)]);
    const shares = graph.node("Softmax", [graph.node("Concat", [past, own], { axis: -1n })], { axis: -1n });
    const slice = (start: number, end: number): Value =>
      graph.node("Slice", [shares, graph.ints(start), graph.ints(end), graph.ints(-1)]);
    const ofPast = graph.node("MatMul", [slice(0, -1), values]);
    const ofOwn = graph.node("Mul", [slice(-1, Number.MAX_SAFE_INTEGER), value]);
    const attended = layers.mergeHeads(graph.node("Add", [ofPast, ofOwn]), width);
    return layers.addAndNormalize(
      x,
      layers.linear(attended, `${attention}.out_proj`),
      `${attention}_layer_norm`,
    );
  }
}
