import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

const int = z.int().nonnegative();

/** `config.json` of a Hugging Face Marian model, as far as it decides anything. Values that are not supported are refused. */
const configSchema = z.object({
  model_type: z.literal("marian"),
  vocab_size: int,
  decoder_vocab_size: int.nullish(),
  d_model: int,
  encoder_layers: int,
  decoder_layers: int,
  encoder_attention_heads: int,
  decoder_attention_heads: int,
  activation_function: z.enum(["swish", "silu", "relu"]),
  max_position_embeddings: int,
  scale_embedding: z.boolean().default(false),
  normalize_before: z.literal(false).default(false),
  normalize_embedding: z.literal(false).default(false),
  add_final_layer_norm: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
  share_encoder_decoder_embeddings: z.boolean().default(true),
  static_position_embeddings: z.literal(true).default(true),
  pad_token_id: int,
  eos_token_id: int,
  decoder_start_token_id: int,
  forced_eos_token_id: int.nullish(),
  num_beams: z.int().positive().nullish(),
  max_length: z.int().positive().nullish(),
  length_penalty: z.number().nullish(),
  early_stopping: z.union([z.boolean(), z.literal("never")]).nullish(),
  bad_words_ids: z.array(z.array(int).min(1)).nullish(),
  renormalize_logits: z.boolean().nullish(),
});

const generationSchema = configSchema
  .pick({
    forced_eos_token_id: true,
    num_beams: true,
    max_length: true,
    length_penalty: true,
    early_stopping: true,
    bad_words_ids: true,
    renormalize_logits: true,
  })
  .partial();

/** A Marian model's shape, and how it wants to be searched. */
export interface MarianConfig {
  /** Words of the translations. */
  vocabularySize: number;
  /** Words of the sources where they have a vocabulary and a table of embeddings of their own; null where one serves both sides. */
  sourceVocabularySize: number | null;
  /** Whether the decoder's output is multiplied with the embeddings of its input, or with a matrix of its own. */
  tiedOutput: boolean;
  width: number;
  encoderLayers: number;
  decoderLayers: number;
  encoderHeads: number;
  decoderHeads: number;
  activation: "swish" | "relu";
  /** How a decoder layer sees what was said before: by attending to it, or by the state of a simpler simple recurrent unit. */
  decoderCell: "attention" | "ssru";
  /** Which sinusoids: Marian's own and those of Hugging Face differ. */
  positions: "hugging-face" | "marian";
  layerNormEpsilon: number;
  /** Whether `>>xx<<` and special tokens in a text are tokens, as for Hugging Face, or plain text, as for SentencePiece. */
  specialTokensInText: boolean;
  maxPositions: number;
  scaleEmbedding: boolean;
  padId: number;
  endId: number;
  startId: number;
  /** Forced at the longest length; null forces nothing. */
  forcedEndId: number | null;
  /** Ids that are never generated. */
  bannedIds: number[];
  /** Runs of two ids and more that are never generated: where all but the last were, the last does not come next. */
  bannedRuns: number[][];
  /** Whether probabilities are taken after banning ids rather than before. */
  renormalize: boolean;
  beams: number;
  maxLength: number;
  lengthPenalty: number;
  earlyStopping: boolean | "never";
}

/**
 * Reads `config.json` and, laid over it, `generation_config.json`.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID naming file, field and what is supported
 */
export async function readMarianConfig(folder: string): Promise<MarianConfig> {
  const config = await readJson(join(folder, "config.json"), configSchema, true);
  const generation = (await readJson(join(folder, "generation_config.json"), generationSchema, false)) ?? {};
  if (config === null) throw new Error("a file that is wanted is never null");
  const isShared = config.share_encoder_decoder_embeddings;
  const decoderWords = config.decoder_vocab_size ?? config.vocab_size;
  if (isShared && decoderWords !== config.vocab_size) {
    throw new LeyendaError(
      "MODEL_INVALID",
      `${decoderWords} words of the decoder and ${config.vocab_size} of the encoder cannot share one table of embeddings`,
      {
        where: `${join(folder, "config.json")}, decoder_vocab_size`,
        expected: "the same number, or share_encoder_decoder_embeddings false",
      },
    );
  }
  if (isShared && !config.tie_word_embeddings) {
    throw new LeyendaError(
      "MODEL_INVALID",
      "tables of embeddings that are shared by encoder and decoder, but not tied to the output, are not supported: versions of transformers disagree on them",
      { where: `${join(folder, "config.json")}, tie_word_embeddings` },
    );
  }
  const search = { ...config, ...withoutNulls(generation) };
  const banned = search.bad_words_ids ?? [];
  return {
    vocabularySize: decoderWords,
    sourceVocabularySize: isShared ? null : config.vocab_size,
    tiedOutput: config.tie_word_embeddings,
    width: config.d_model,
    encoderLayers: config.encoder_layers,
    decoderLayers: config.decoder_layers,
    encoderHeads: config.encoder_attention_heads,
    decoderHeads: config.decoder_attention_heads,
    activation: config.activation_function === "relu" ? "relu" : "swish",
    decoderCell: "attention",
    positions: "hugging-face",
    layerNormEpsilon: 1e-5,
    specialTokensInText: true,
    maxPositions: config.max_position_embeddings,
    scaleEmbedding: config.scale_embedding,
    padId: config.pad_token_id,
    endId: config.eos_token_id,
    startId: config.decoder_start_token_id,
    forcedEndId: search.forced_eos_token_id ?? null,
    bannedIds: banned.filter((ids) => ids.length === 1).flat(),
    bannedRuns: banned.filter((ids) => ids.length > 1),
    renormalize: search.renormalize_logits ?? false,
    beams: search.num_beams ?? 1,
    maxLength: search.max_length ?? config.max_position_embeddings,
    lengthPenalty: search.length_penalty ?? 1,
    earlyStopping: search.early_stopping ?? false,
  };
}

function withoutNulls<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== null && item !== undefined),
  ) as Partial<Value>;
}

async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  wanted: boolean,
): Promise<z.infer<Schema> | null> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (!wanted) return null;
    throw new LeyendaError("MODEL_MISSING", "the model's configuration cannot be read", {
      where: path,
      cause,
    });
  });
  if (text === null) return null;
  const parsed = schema.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LeyendaError("MODEL_INVALID", issue?.message ?? "not a Marian configuration", {
    where: `${path}, ${issue?.path.join(".") ?? ""}`,
    expected: "a Marian model of Hugging Face transformers (post-norm, sinusoid positions)",
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", "not JSON", { where: path, cause });
  }
}
