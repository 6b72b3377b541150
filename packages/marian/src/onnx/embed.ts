import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { type Precision, transpose } from "./layers.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";
import { quantizeColumns } from "./quantize.js";

/** The file beside the graphs that holds the embedding table of the decoder, and of all graphs where they share one. */
export const embeddingFile = "embedding.bin";

/** That of the encoder's own table, if it has one. */
export const sourceEmbeddingFile = "embedding.source.bin";

/** That of the matrix behind the decoder, if it is not the decoder's embedding and a shortlist's columns are taken out of it. */
export const outputEmbeddingFile = "embedding.output.bin";

/** A table of all words' embeddings, [words, width], in a graph's precision. */
export interface EmbeddingTable {
  /** The file that holds its bytes. */
  file: string;
  /** float32 or int8. */
  bytes: Uint8Array;
  words: number;
  /** A scale for each word, where they are int8. */
  scales: Float32Array | null;
}

/** The decoder's table. */
export function embeddingTable(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
): EmbeddingTable {
  return tableOf(weights.embedding(), config, precision, embeddingFile);
}

/** The encoder's and the output's tables; where they are the decoder's, that one. */
export function otherTables(
  config: MarianConfig,
  weights: MarianWeights,
  precision: Precision,
  table: EmbeddingTable,
): { source: EmbeddingTable; output: EmbeddingTable } {
  return {
    source:
      config.sourceVocabularySize === null
        ? table
        : tableOf(weights.sourceEmbedding(), config, precision, sourceEmbeddingFile),
    output: config.tiedOutput
      ? table
      : tableOf(weights.outputEmbedding(), config, precision, outputEmbeddingFile),
  };
}

function tableOf(
  embedding: Float32Array,
  { width }: MarianConfig,
  precision: Precision,
  file: string,
): EmbeddingTable {
  const words = embedding.length / width;
  if (precision === "fp32") {
    const bytes = new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
    return { file, bytes, words, scales: null };
  }
  const { bytes, scales } = quantizeWords(words, width, embedding);
  return { file, bytes: new Uint8Array(bytes.buffer), words, scales };
}

/** Embeddings of ids, scaled as the model says: int32 [rows] → float [rows, width]. */
export function embed(graph: OnnxGraph, ids: Value, config: MarianConfig, table: EmbeddingTable): Value {
  const scale = config.scaleEmbedding ? Math.sqrt(config.width) : 1;
  const rows = graph.node("Gather", [embeddingTensor(graph, config, table), ids]);
  if (table.scales === null) return graph.node("Mul", [rows, graph.float(scale)]);
  const scales = table.scales.map((value) => value * scale);
  const wordScales = graph.tensor("embedding.scales", "float", [table.words, 1], scales);
  return graph.node("Mul", [graph.node("Cast", [rows], { to: 1n }), graph.node("Gather", [wordScales, ids])]);
}

/** The table as a tensor of the graph, its bytes in the file that all graphs share. */
export function embeddingTensor(
  graph: OnnxGraph,
  { width }: MarianConfig,
  { file, words, scales }: EmbeddingTable,
): Value {
  const type = scales === null ? "float" : "int8";
  return graph.fileTensor("embedding", type, [words, width], file);
}

/** A scale for each word, as in the product with the same matrix at the decoder's end. */
function quantizeWords(
  words: number,
  width: number,
  embedding: Float32Array,
): { bytes: Int8Array; scales: Float32Array } {
  const { bytes, scales } = quantizeColumns(transpose(embedding, words, width), width, words);
  const table = new Int8Array(bytes.length);
  for (let row = 0; row < width; row += 1) {
    for (let word = 0; word < words; word += 1) table[word * width + row] = bytes[row * words + word] ?? 0;
  }
  return { bytes: table, scales };
}
