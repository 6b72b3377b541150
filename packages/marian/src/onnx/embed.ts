import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { type Precision, transpose } from "./layers.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";
import { quantizeColumns } from "./quantize.js";

/** The file beside the graphs that holds the embedding table for all of them. */
export const embeddingFile = "embedding.bin";

/** The table of all words' embeddings, [vocabulary, width], in a graph's precision. */
export interface EmbeddingTable {
  /** The bytes of `embeddingFile`: float32 or int8. */
  bytes: Uint8Array;
  /** A scale for each word, where they are int8. */
  scales: Float32Array | null;
}

export function embeddingTable(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
): EmbeddingTable {
  const embedding = weights.embedding();
  if (precision === "fp32") {
    const bytes = new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
    return { bytes, scales: null };
  }
  const { bytes, scales } = quantizeWords(config, embedding);
  return { bytes: new Uint8Array(bytes.buffer), scales };
}

/** Embeddings of ids, scaled as the model says: int32 [rows] → float [rows, width]. */
export function embed(graph: OnnxGraph, ids: Value, config: MarianConfig, table: EmbeddingTable): Value {
  const scale = config.scaleEmbedding ? Math.sqrt(config.width) : 1;
  const rows = graph.node("Gather", [embeddingTensor(graph, config, table), ids]);
  if (table.scales === null) return graph.node("Mul", [rows, graph.float(scale)]);
  const scales = table.scales.map((value) => value * scale);
  const wordScales = graph.tensor("embedding.scales", "float", [config.vocabularySize, 1], scales);
  return graph.node("Mul", [graph.node("Cast", [rows], { to: 1n }), graph.node("Gather", [wordScales, ids])]);
}

/** The table as a tensor of the graph, its bytes in the file that all graphs share. */
export function embeddingTensor(
  graph: OnnxGraph,
  { vocabularySize, width }: MarianConfig,
  { scales }: EmbeddingTable,
): Value {
  const type = scales === null ? "float" : "int8";
  return graph.fileTensor("embedding", type, [vocabularySize, width], embeddingFile);
}

/** A scale for each word, as in the product with the same matrix at the decoder's end. */
function quantizeWords(
  { vocabularySize, width }: MarianConfig,
  embedding: Float32Array,
): { bytes: Int8Array; scales: Float32Array } {
  const { bytes, scales } = quantizeColumns(
    transpose(embedding, vocabularySize, width),
    width,
    vocabularySize,
  );
  const table = new Int8Array(bytes.length);
  for (let row = 0; row < width; row += 1) {
    for (let word = 0; word < vocabularySize; word += 1)
      table[word * width + row] = bytes[row * vocabularySize + word] ?? 0;
  }
  return { bytes: table, scales };
}
