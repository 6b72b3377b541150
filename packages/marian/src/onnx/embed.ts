import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { type Precision, transpose } from "./layers.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";
import { quantizeColumns } from "./quantize.js";

/** The file beside the graphs that holds the embedding table for both. */
export const embeddingFile = "embedding.bin";

/** Bytes of `embeddingFile`: [vocabulary, width], float32 or int8 with a scale for each word. */
export function embeddingTable(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
): Uint8Array {
  const embedding = weights.embedding();
  if (precision === "fp32")
    return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  return new Uint8Array(quantizeWords(config, embedding).bytes.buffer);
}

/** Embeddings of ids, scaled as the model says: int32 [rows] → float [rows, width]. */
export function embed(
  graph: OnnxGraph,
  ids: Value,
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
): Value {
  const { vocabularySize, width } = config;
  const scale = config.scaleEmbedding ? Math.sqrt(width) : 1;
  const type = precision === "fp32" ? "float" : "int8";
  const table = graph.fileTensor("embedding", type, [vocabularySize, width], embeddingFile);
  const rows = graph.node("Gather", [table, ids]);
  if (precision === "fp32") return graph.node("Mul", [rows, graph.float(scale)]);
  const scales = quantizeWords(config, weights.embedding()).scales.map((value) => value * scale);
  const wordScales = graph.tensor("embedding.scales", "float", [vocabularySize, 1], scales);
  return graph.node("Mul", [graph.node("Cast", [rows], { to: 1n }), graph.node("Gather", [wordScales, ids])]);
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
