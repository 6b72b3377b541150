import { transpose } from "../../onnx/layers.js";
import { invalidModel } from "../invalid-model.js";
import type { MarianConfig } from "../read-marian-config.js";
import type { Tensor } from "../read-safetensors.js";
import type { MarianItem } from "./marian-item.js";

/** −∞ to a softmax, without a NaN: Marian's vocabulary has no padding token. */
const never = -1e30;

/**
 * Marian's parameters under the names that Hugging Face gives them, with its layout: matrices [out, in], vectors [n], and a row for the
 * padding token at the end of the embedding.
 *
 * @throws LeyendaError MODEL_INVALID naming the parameter that is missing, has another shape, or that nothing would use
 */
export function toHuggingFaceNames(
  items: readonly MarianItem[],
  config: MarianConfig,
  path: string,
): Map<string, Tensor> {
  const byName = new Map(items.map((item) => [item.name, item]));
  const used = new Set<string>();
  const tensors = new Map<string, Tensor>();
  const take = (name: string): Tensor => {
    const item = byName.get(name);
    if (item?.content.kind !== "floats")
      throw invalidModel(path, "the parameter is missing", `parameter ${name}`);
    used.add(name);
    return { shape: item.shape, data: item.content.data };
  };
  const matrix = (from: string, to: string): void => {
    const { shape, data } = take(from);
    const [inner = 0, out = 0] = shape;
    if (shape.length !== 2)
      throw invalidModel(path, `its shape is [${shape.join(", ")}], expected [in, out]`, `parameter ${from}`);
    tensors.set(`${to}.weight`, { shape: [out, inner], data: transpose(data, inner, out) });
  };
  const vector = (from: string, to: string): void => {
    const { data } = take(from);
    tensors.set(to, { shape: [data.length], data });
  };
  const linear = (from: string, which: string, to: string): void => {
    matrix(`${from}_W${which}`, to);
    vector(`${from}_b${which}`, `${to}.bias`);
  };
  const norm = (from: string, to: string): void => {
    vector(`${from}_ln_scale`, `${to}.weight`);
    vector(`${from}_ln_bias`, `${to}.bias`);
  };
  const attention = (from: string, to: string): void => {
    for (const which of ["q", "k", "v"]) linear(from, which, `${to}.${which}_proj`);
    linear(from, "o", `${to}.out_proj`);
    norm(`${from}_Wo`, `${to}_layer_norm`);
  };
  const feedForward = (from: string, to: string): void => {
    linear(`${from}_ffn`, "1", `${to}.fc1`);
    linear(`${from}_ffn`, "2", `${to}.fc2`);
    norm(`${from}_ffn_ffn`, `${to}.final_layer_norm`);
  };

  for (let layer = 0; layer < config.encoderLayers; layer += 1) {
    const [from, to] = [`encoder_l${layer + 1}`, `encoder.layers.${layer}`];
    attention(`${from}_self`, `${to}.self_attn`);
    feedForward(from, to);
  }
  for (let layer = 0; layer < config.decoderLayers; layer += 1) {
    const [from, to] = [`decoder_l${layer + 1}`, `decoder.layers.${layer}`];
    if (config.decoderCell === "ssru") {
      matrix(`${from}_rnn_W`, `${to}.rnn`);
      linear(`${from}_rnn`, "f", `${to}.rnn_forget`);
      norm(`${from}_rnn_ffn`, `${to}.self_attn_layer_norm`);
    } else attention(`${from}_self`, `${to}.self_attn`);
    attention(`${from}_context`, `${to}.encoder_attn`);
    feedForward(from, to);
  }
  tensors.set("shared.weight", withPadding(take("Wemb"), config, path, "Wemb", 0));
  const padBias = config.positions === "marian" ? never : 0;
  tensors.set(
    "final_logits_bias",
    withPadding(take("decoder_ff_logit_out_b"), config, path, "decoder_ff_logit_out_b", padBias),
  );
  const unused = items.find(({ name }) => isWeight(name) && !used.has(name));
  if (unused !== undefined)
    throw invalidModel(
      path,
      "nothing here would use it, so the model is of another kind",
      `parameter ${unused.name}`,
    );
  return tensors;
}

/** [vocabulary, width] or [1, vocabulary] with one more word. */
function withPadding(
  { shape, data }: Tensor,
  { vocabularySize, width }: MarianConfig,
  path: string,
  name: string,
  value: number,
): Tensor {
  const words = vocabularySize - 1;
  const [expected, padded] =
    name === "Wemb"
      ? [
          [words, width],
          [words + 1, width],
        ]
      : [
          [1, words],
          [1, words + 1],
        ];
  if (shape.join() !== expected.join()) {
    throw invalidModel(
      path,
      `its shape is [${shape.join(", ")}], expected [${expected.join(", ")}]`,
      `parameter ${name}`,
    );
  }
  const all = new Float32Array(data.length + data.length / words).fill(value);
  all.set(data);
  return { shape: padded, data: all };
}

/** The scales of Marian's own integer activations are no weights. */
function isWeight(name: string): boolean {
  return /^(encoder|decoder)_|^Wemb/.test(name) && !name.endsWith("_QuantMultA");
}
