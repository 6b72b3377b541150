import { checkTensors } from "./check-tensors.js";
import type { MarianConfig } from "./read-marian-config.js";
import type { Tensor } from "./read-safetensors.js";

/**
 * Checks that every weight which the graphs will want is there, has its shape, and holds numbers.
 *
 * @param tensors by their Hugging Face names without the leading `model.`
 * @throws LeyendaError MODEL_INVALID naming the tensor
 */
export function checkWeights(tensors: ReadonlyMap<string, Tensor>, config: MarianConfig, path: string): void {
  checkTensors(tensors, wantedShapes(tensors, config), path);
}

function* wantedShapes(
  tensors: ReadonlyMap<string, Tensor>,
  {
    vocabularySize,
    sourceVocabularySize,
    tiedOutput,
    width,
    encoderLayers,
    decoderLayers,
    decoderCell,
  }: MarianConfig,
): Generator<[string, number[]]> {
  if (sourceVocabularySize === null) yield ["shared.weight", [vocabularySize, width]];
  else {
    yield ["encoder.embed_tokens.weight", [sourceVocabularySize, width]];
    yield ["decoder.embed_tokens.weight", [vocabularySize, width]];
  }
  if (!tiedOutput) yield ["lm_head.weight", [vocabularySize, width]];
  yield ["final_logits_bias", [1, vocabularySize]];
  function* linear(name: string, out: number, inner: number): Generator<[string, number[]]> {
    yield [`${name}.weight`, [out, inner]];
    yield [`${name}.bias`, [out]];
  }
  function* norm(name: string): Generator<[string, number[]]> {
    yield [`${name}.weight`, [width]];
    yield [`${name}.bias`, [width]];
  }
  function* attention(name: string): Generator<[string, number[]]> {
    for (const which of ["q_proj", "k_proj", "v_proj", "out_proj"])
      yield* linear(`${name}.${which}`, width, width);
    yield* norm(`${name}_layer_norm`);
  }
  function* feedForward(layer: string): Generator<[string, number[]]> {
    // The only width that no configuration of Marian's own states.
    const hidden = tensors.get(`${layer}.fc1.bias`)?.data.length ?? 0;
    yield* linear(`${layer}.fc1`, hidden, width);
    yield* linear(`${layer}.fc2`, width, hidden);
    yield* norm(`${layer}.final_layer_norm`);
  }
  for (let layer = 0; layer < encoderLayers; layer += 1) {
    yield* attention(`encoder.layers.${layer}.self_attn`);
    yield* feedForward(`encoder.layers.${layer}`);
  }
  for (let layer = 0; layer < decoderLayers; layer += 1) {
    const name = `decoder.layers.${layer}`;
    if (decoderCell === "ssru") {
      yield [`${name}.rnn.weight`, [width, width]];
      yield* linear(`${name}.rnn_forget`, width, width);
      yield* norm(`${name}.self_attn_layer_norm`);
    } else yield* attention(`${name}.self_attn`);
    yield* attention(`${name}.encoder_attn`);
    yield* feedForward(name);
  }
}
