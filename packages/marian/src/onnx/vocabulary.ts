import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { type Layers, transpose } from "./layers.js";
import type { Value } from "./onnx-graph.js";

/** Rounded, it is −∞ to a softmax, and no NaN comes of it. */
const veryNegative = -1e30;

/** Words of a block: what is made of one block's logits stays in the processor's cache. */
const blockWords = 4096;

/** Words of a group; a block has a whole number of them. The best words are looked for among the groups with the best maxima. */
const groupWords = 32;

/** The best of one block's words. All are [rows, …]. */
interface Block {
  /** Logits, best first. */
  logits: Value;
  /** Ids, int64. */
  ids: Value;
  /** log Σ exp of the block's logits, [rows, 1] */
  logSum: Value;
}

/**
 * The likeliest `count` words of every row, by the embedding's transpose and the softmax over the whole vocabulary.
 *
 * The vocabulary is cut into blocks, each multiplied, searched and summed by itself; the softmax's denominator comes of the
 * blocks' sums. Logits of all words at once would pass through memory six times, which costs as much as the product.
 *
 * @param x [rows, width]
 * @param count int64 [1]
 * @returns `scores` float [rows, count], log probabilities, best first; `tokens` int64 [rows, count]; `denominator` float [rows, 1], what a
 *   logit is less to be one of these scores
 */
export function likeliestWords(
  layers: Layers,
  x: Value,
  count: Value,
  config: MarianConfig,
  weights: MarianWeights,
): { scores: Value; tokens: Value; denominator: Value } {
  const { graph } = layers;
  const blocks = Math.ceil(config.vocabularySize / blockWords);
  const size = Math.ceil(config.vocabularySize / blocks / groupWords) * groupWords;
  const best = Array.from({ length: blocks }, (_, index) =>
    searchBlock(layers, x, count, config, weights, index * size, (index + 1) * size),
  );
  const logSums = join("logSum");
  const most = graph.node("ReduceMax", [logSums], { axes: [-1], keepdims: 1n });
  const sum = graph.node("ReduceSum", [
    graph.node("Exp", [graph.node("Sub", [logSums, most])]),
    graph.ints(-1),
  ]);
  const denominator = graph.node("Add", [most, graph.node("Log", [sum])]);
  const [logits = "", places = ""] = graph.nodeWithOutputs("TopK", [join("logits"), count], 2, { axis: -1n });
  return {
    scores: graph.node("Sub", [logits, denominator]),
    tokens: graph.node("GatherElements", [join("ids"), places], { axis: -1n }),
    denominator,
  };

  function join(name: keyof Block): Value {
    return graph.node(
      "Concat",
      best.map((block) => block[name]),
      { axis: -1n },
    );
  }
}

function searchBlock(
  layers: Layers,
  x: Value,
  count: Value,
  config: MarianConfig,
  weights: MarianWeights,
  start: number,
  end: number,
): Block {
  const { graph } = layers;
  const { width, vocabularySize } = config;
  const size = end - start;
  // The last block is filled up with words that nobody can choose.
  const rows = new Float32Array(size * width);
  rows.set(weights.outputEmbedding().subarray(start * width, end * width));
  const bias = new Float32Array(size).fill(veryNegative);
  bias.set(weights.logitsBias().subarray(start, Math.min(end, vocabularySize)));
  const banned = config.bannedIds.filter((id) => id >= start && id < end).map((id) => id - start);
  // Hugging Face bans words after the softmax, unless it is told to take it anew.
  if (config.renormalize) for (const word of banned) bias[word] = veryNegative;
  const matrix = layers.matrix(`words.${start}`, transpose(rows, size, width), width, size);
  const logits = graph.node("Add", [
    layers.multiply(x, matrix),
    graph.tensor(`words.${start}.bias`, "float", [size], bias),
  ]);
  const allowed = config.renormalize || banned.length === 0 ? logits : ban(logits);
  const { top, places } = best(allowed);
  const first = (value: Value): Value =>
    graph.node("Slice", [value, graph.ints(0), graph.ints(1), graph.ints(-1)]);
  const logProbabilities = graph.node("LogSoftmax", [logits], { axis: -1n });
  const ofFirst = graph.node("GatherElements", [logProbabilities, first(places)], { axis: -1n });
  return {
    logits: top,
    ids: graph.node("Add", [places, graph.ints(start)]),
    // A word's logit less its log probability within the block.
    logSum: graph.node("Sub", [first(top), ofFirst]),
  };

  function ban(values: Value): Value {
    const mask = new Float32Array(size);
    for (const word of banned) mask[word] = veryNegative;
    return graph.node("Add", [values, graph.tensor(`words.${start}.banned`, "float", [size], mask)]);
  }

  /** The `count` best of [rows, size]: those of the `count` groups with the largest maxima. */
  function best(values: Value): { top: Value; places: Value } {
    const groups = graph.node("Reshape", [values, graph.ints(0, size / groupWords, groupWords)]);
    const maxima = graph.node("ReduceMax", [groups], { axes: [-1], keepdims: 0n });
    const wanted = graph.node("Min", [count, graph.ints(size / groupWords)]);
    const [, chosen = ""] = graph.nodeWithOutputs("TopK", [maxima, wanted], 2, { axis: -1n });
    const index = graph.node("Unsqueeze", [chosen, graph.ints(-1)]);
    const candidates = graph.node("Reshape", [
      graph.node("GatherND", [groups, index], { batch_dims: 1n }),
      graph.ints(0, -1),
    ]);
    const offsets = graph.ints(...Array(groupWords).keys());
    const ids = graph.node("Reshape", [
      graph.node("Add", [graph.node("Mul", [index, graph.ints(groupWords)]), offsets]),
      graph.ints(0, -1),
    ]);
    const [top = "", order = ""] = graph.nodeWithOutputs("TopK", [candidates, count], 2, { axis: -1n });
    return { top, places: graph.node("GatherElements", [ids, order], { axis: -1n }) };
  }
}
