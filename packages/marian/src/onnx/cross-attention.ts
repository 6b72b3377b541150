import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import type { Layers } from "./layers.js";
import type { Value } from "./onnx-graph.js";

/**
 * Ends an encoder's graph in what every layer of the decoder attends to: for layer i `cross_keys_i` float [batch, heads, d, length],
 * transposed as its product wants them, and `cross_values_i` float [batch, heads, length, d].
 *
 * @param x what was encoded, [batch · length, width]
 * @param batch int64 [1]
 */
export function giveCrossAttention(
  layers: Layers,
  x: Value,
  batch: Value,
  { width, decoderHeads: heads, decoderLayers }: MarianConfig,
): void {
  const { graph } = layers;
  const d = width / heads;
  for (let layer = 0; layer < decoderLayers; layer += 1) {
    const name = `decoder.layers.${layer}.encoder_attn`;
    const both = layers.linear(x, `${name}.k_proj`, `${name}.v_proj`);
    const [k = "", v = ""] = graph.nodeWithOutputs("Split", [both], 2, { axis: -1n });
    const keys = layers.transposeKeys(layers.splitHeads(k, batch, heads, d));
    const values = layers.splitHeads(v, batch, heads, d);
    graph.output(`cross_keys_${layer}`, keys, "float", ["batch", heads, d, "length"]);
    graph.output(`cross_values_${layer}`, values, "float", ["batch", heads, "length", d]);
  }
}
