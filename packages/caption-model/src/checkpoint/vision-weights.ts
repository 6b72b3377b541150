import { checkTensors, type Weights, type WeightTensor } from "@leyenda/marian/decoder";

import type { ClipVisionMarianConfig } from "../config/clip-vision-marian-config.js";

/**
 * The weights of the picture encoder and of the projection to the decoder's width, by their common names; all of them there, in
 * shape and finite.
 *
 * @throws LeyendaError MODEL_INVALID naming the tensor
 */
export function visionWeights(
  tensors: ReadonlyMap<string, WeightTensor>,
  config: ClipVisionMarianConfig,
  path: string,
): Weights {
  checkTensors(tensors, wantedShapes(config), path);
  return {
    get: (name) => {
      const found = tensors.get(name);
      if (found === undefined)
        throw new Error(`the graph wants tensor ${name}, which is not among the checked`);
      return found;
    },
  };
}

/** Names, and shapes as PyTorch has them. */
function* wantedShapes({
  clip_vision_config: vision,
  marian_config: marian,
}: ClipVisionMarianConfig): Generator<[string, number[]]> {
  const { hidden_size: width, intermediate_size: inner, patch_size: patch, image_size: edge } = vision;
  function* linear(name: string, out: number, from: number): Generator<[string, number[]]> {
    yield [`${name}.weight`, [out, from]];
    yield [`${name}.bias`, [out]];
  }
  function* norm(name: string): Generator<[string, number[]]> {
    yield [`${name}.weight`, [width]];
    yield [`${name}.bias`, [width]];
  }
  const places = Math.floor(edge / patch) ** 2;
  yield ["vision_model.embeddings.class_embedding", [width]];
  yield ["vision_model.embeddings.patch_embedding.weight", [width, vision.num_channels, patch, patch]];
  yield ["vision_model.embeddings.position_embedding.weight", [places + 1, width]];
  yield* norm("vision_model.pre_layrnorm");
  for (let layer = 0; layer < vision.num_hidden_layers; layer += 1) {
    const name = `vision_model.encoder.layers.${layer}`;
    for (const which of ["q_proj", "k_proj", "v_proj", "out_proj"])
      yield* linear(`${name}.self_attn.${which}`, width, width);
    yield* norm(`${name}.layer_norm1`);
    yield* norm(`${name}.layer_norm2`);
    yield* linear(`${name}.mlp.fc1`, inner, width);
    yield* linear(`${name}.mlp.fc2`, width, inner);
  }
  yield* linear("visual_projection", marian.d_model, width);
}
