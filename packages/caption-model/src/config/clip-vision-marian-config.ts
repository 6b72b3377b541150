import { z } from "zod";

const count = z.int().positive();
const rate = z.number().min(0).max(1);

/** A switch that this implementation knows in one position only; any other value would give another model. */
function only<const Value extends string | number | boolean>(
  value: Value,
  meaning: string,
): z.ZodDefault<z.ZodLiteral<Value>> {
  return z
    .literal(value, `only ${JSON.stringify(value)} is supported (${meaning})`)
    .default(value as z.util.NoUndefined<Value>);
}

/** Hugging Face's `CLIPVisionConfig`. What is left out is as in CLIP ViT-B/32, which is also what its class assumes. */
const clipVisionConfigSchema = z
  .object({
    model_type: only("clip_vision_model", "the picture encoder is a CLIP vision transformer"),
    hidden_size: count.default(768),
    intermediate_size: count.default(3072),
    num_hidden_layers: count.default(12),
    num_attention_heads: count.default(12),
    num_channels: only(3, "pictures are RGB"),
    /** Edge of the square picture, in pixels. */
    image_size: count.default(224),
    /** Edge of a patch, in pixels. */
    patch_size: count.default(32),
    hidden_act: only("quick_gelu", "CLIP's x · sigmoid(1.702 x)"),
    layer_norm_eps: z.number().positive().default(1e-5),
    attention_dropout: rate.default(0),
  })
  .superRefine((config, context) => {
    refuseUnevenHeads(context, config, "num_attention_heads", "hidden_size");
    if (config.patch_size > config.image_size) {
      context.addIssue({
        code: "custom",
        path: ["patch_size"],
        message: `expected at most image_size (${config.image_size})`,
        input: config.patch_size,
      });
    }
  });

/**
 * Hugging Face's `MarianConfig`, the fields that the decoder uses. What is left out is as in opus-mt-en-es, **not** as in
 * `MarianConfig()`, whose defaults describe a larger model; published caption models write every field.
 */
const marianConfigSchema = z
  .object({
    model_type: only("marian", "the text decoder is a Marian decoder"),
    vocab_size: count.default(65001),
    /** Absent or null: `vocab_size`. */
    decoder_vocab_size: count.nullish(),
    d_model: count.default(512),
    decoder_layers: count.default(6),
    decoder_attention_heads: count.default(8),
    decoder_ffn_dim: count.default(2048),
    max_position_embeddings: count.default(512),
    activation_function: only("swish", "x · sigmoid(x) in the feed-forward layers"),
    /** Token embeddings are multiplied by √d_model. */
    scale_embedding: z.boolean().default(true),
    static_position_embeddings: only(true, "positions are sinusoids, not learned"),
    normalize_before: only(false, "layer norms stand after the residual sums"),
    normalize_embedding: only(false, "embeddings are not normalised"),
    add_final_layer_norm: only(false, "the last layer has no norm of its own"),
    add_bias_logits: only(false, "the one bias on logits is final_logits_bias"),
    /** Whether the output head is the embedding matrix; when not, the checkpoint has `lm_head`. */
    tie_word_embeddings: z.boolean().default(true),
    eos_token_id: z.int().nonnegative().default(0),
    pad_token_id: z.int().nonnegative().default(65000),
    decoder_start_token_id: z.int().nonnegative().default(65000),
    forced_eos_token_id: z.int().nonnegative().nullable().default(0),
    dropout: rate.default(0.1),
    attention_dropout: rate.default(0),
    activation_dropout: rate.default(0),
  })
  .superRefine((config, context) => {
    refuseUnevenHeads(context, config, "decoder_attention_heads", "d_model");
    if (config.decoder_vocab_size != null && config.decoder_vocab_size !== config.vocab_size) {
      context.addIssue({
        code: "custom",
        path: ["decoder_vocab_size"],
        message: `expected vocab_size (${config.vocab_size}): one vocabulary serves the whole model`,
        input: config.decoder_vocab_size,
      });
    }
    for (const token of [
      "eos_token_id",
      "pad_token_id",
      "decoder_start_token_id",
      "forced_eos_token_id",
    ] as const) {
      const id = config[token];
      if (id !== null && id >= config.vocab_size) {
        context.addIssue({
          code: "custom",
          path: [token],
          message: `expected a token below vocab_size (${config.vocab_size})`,
          input: id,
        });
      }
    }
  });

/**
 * `config.json` of a CLIP-Vision-Marian checkpoint as Hugging Face writes it: `clip_vision_config` and `marian_config` side
 * by side. Field names stay Hugging Face's. Keys that the model does not use are dropped without complaint, since these files
 * carry dozens; a wrong type, or a value that asks for another architecture, is refused.
 */
export const clipVisionMarianConfigSchema = z.object({
  model_type: only("clip-vision-marian", "CLIP vision encoder with a Marian decoder"),
  clip_vision_config: clipVisionConfigSchema,
  marian_config: marianConfigSchema,
});

export type ClipVisionMarianConfig = z.output<typeof clipVisionMarianConfigSchema>;

function refuseUnevenHeads<Heads extends string, Width extends string>(
  context: z.RefinementCtx,
  config: Record<Heads | Width, number>,
  heads: Heads,
  width: Width,
): void {
  if (config[width] % config[heads] === 0) return;
  context.addIssue({
    code: "custom",
    path: [heads],
    message: `expected a divisor of ${width} (${config[width]})`,
    input: config[heads],
  });
}
