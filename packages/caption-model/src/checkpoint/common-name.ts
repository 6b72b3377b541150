/** Beginnings of names in the kinds of checkpoints that there are, and what they are here. The first that fits is taken. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  // The original model's, and transformers 4's VisionEncoderDecoderModel.
  [/^(?:model\.)?encoder\.vision_model\./, "vision_model."],
  // transformers 5's.
  [/^encoder\.(?=(?:embeddings|encoder|pre_layrnorm|post_layernorm)\.)/, "vision_model."],
  [/^enc_to_dec_proj\./, "visual_projection."],
  [/^decoder\.model\.decoder\.embed_tokens\./, "shared."],
  [/^decoder\.model\.decoder\./, "decoder."],
  [/^decoder\.lm_head\./, "lm_head."],
  [/^model\./, ""],
];

/**
 * A weight's name as the graphs are built by: `vision_model.…`, `visual_projection.…`, `decoder.…`, `shared.weight`,
 * `final_logits_bias`.
 *
 * @param name in the original CLIP-Vision-Marian model, or in a `VisionEncoderDecoderModel` of transformers
 */
export function commonName(name: string): string {
  for (const [beginning, common] of beginnings)
    if (beginning.test(name)) return name.replace(beginning, common);
  return name;
}
