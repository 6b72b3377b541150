import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { embeddingTensor, type EmbeddingTable } from "./embed.js";
import { OnnxGraph } from "./onnx-graph.js";

/** The graph beside encoder and decoder that a model with a shortlist has. */
export const wordsFile = "words.onnx";

/**
 * Takes some words' columns out of the matrix that the decoder's output is multiplied with: once for a batch, whatever its steps.
 *
 * Input: `words` int32 [words]. Outputs: `matrix` float or int8 [width, words]; `scales` float [words], for int8 alone; `bias` float
 * [words].
 */
export function buildWords(config: MarianConfig, weights: MarianWeights, table: EmbeddingTable): OnnxGraph {
  const graph = new OnnxGraph();
  const { vocabularySize, width } = config;
  const words = graph.input("words", "int32", ["words"]);
  const rows = graph.node("Gather", [embeddingTensor(graph, config, table), words]);
  const matrix = graph.node("Transpose", [rows], { perm: [1, 0] });
  graph.output("matrix", matrix, table.scales === null ? "float" : "int8", [width, "words"]);
  const biases = graph.tensor("biases", "float", [vocabularySize], weights.logitsBias());
  graph.output("bias", graph.node("Gather", [biases, words]), "float", ["words"]);
  if (table.scales !== null) {
    const scales = graph.tensor("embedding.scales", "float", [vocabularySize], table.scales);
    graph.output("scales", graph.node("Gather", [scales, words]), "float", ["words"]);
  }
  return graph;
}
