import { parse } from "yaml";
import { z } from "zod";

import { invalidModel } from "../invalid-model.js";
import type { MarianConfig } from "../read-marian-config.js";

const count = z.int().positive();

/** `special:model.yml`, as far as it decides anything, with Marian's defaults. Values that are not supported are refused. */
const optionsSchema = z.object({
  type: z.literal("transformer"),
  "dim-emb": count,
  "dim-vocabs": z.array(count).min(1),
  "enc-depth": count,
  "dec-depth": count,
  "transformer-heads": count,
  "transformer-ffn-activation": z.enum(["swish", "relu"]).default("swish"),
  "transformer-ffn-depth": z.literal(2).default(2),
  "transformer-decoder-autoreg": z.enum(["self-attention", "rnn"]).default("self-attention"),
  "dec-cell": z.string().default("gru"),
  "transformer-preprocess": z.literal("").default(""),
  "transformer-postprocess": z.enum(["dan", "an"]).default("dan"),
  "transformer-postprocess-emb": z.enum(["d", ""]).default("d"),
  "transformer-postprocess-top": z.literal("").default(""),
  "transformer-no-projection": z.literal(false).default(false),
  "transformer-rnn-projection": z.literal(false).default(false),
  "transformer-tied-layers": z.array(count).length(0).default([]),
  "transformer-train-position-embeddings": z.literal(false).default(false),
  "transformer-pool": z.literal(false).default(false),
  "tied-embeddings-all": z.literal(true),
  "output-omit-bias": z.literal(false).default(false),
  "lemma-dim-emb": z.literal(0).default(0),
  ulr: z.literal(false).default(false),
  "beam-size": count.default(1),
  normalize: z.union([z.number().nonnegative(), z.boolean()]).default(0),
});

/** Positions are computed, so Marian has no longest length; this is that of opus-mt on the hub. */
const maxPositions = 512;

export type MarianConvention = "marian" | "hugging-face";

/**
 * The configuration of a Marian file. Marian has no padding token: one is put after its vocabulary, with an embedding of zeros, which
 * is also what its decoder starts from. What its vocabulary says (`</s>`, `<unk>`), `readMarianVocabulary` puts in.
 *
 * @param convention `hugging-face` computes as transformers does with the same weights once its converter has read them: other
 *   position embeddings and another ε
 * @throws LeyendaError MODEL_INVALID naming the option
 */
export function readMarianOptions(text: string, path: string, convention: MarianConvention): MarianConfig {
  const options = check(parseYaml(text, path), path);
  const cell = options["transformer-decoder-autoreg"] === "rnn" ? options["dec-cell"] : "attention";
  if (cell !== "ssru" && cell !== "attention")
    throw invalidModel(
      path,
      `decoder cell "${cell}" is not supported (self-attention and ssru are)`,
      "option dec-cell",
    );
  const sizes = new Set(options["dim-vocabs"]);
  const [words = 0] = sizes;
  if (sizes.size !== 1)
    throw invalidModel(path, "source and target have other vocabularies", "option dim-vocabs");
  const { normalize } = options;
  const asMarian = convention === "marian";
  return {
    vocabularySize: words + 1,
    sourceVocabularySize: null,
    tiedOutput: true,
    width: options["dim-emb"],
    encoderLayers: options["enc-depth"],
    decoderLayers: options["dec-depth"],
    encoderHeads: options["transformer-heads"],
    decoderHeads: options["transformer-heads"],
    activation: options["transformer-ffn-activation"],
    decoderCell: cell,
    positions: convention,
    layerNormEpsilon: asMarian ? 1e-6 : 1e-5,
    maxPositions,
    scaleEmbedding: true,
    padId: words,
    endId: 0,
    startId: words,
    forcedEndId: asMarian ? null : 0,
    // Marian never says its unknown token; what Hugging Face bans is the padding.
    bannedIds: asMarian ? [] : [words],
    bannedRuns: [],
    specialTokensInText: true,
    renormalize: !asMarian,
    beams: options["beam-size"],
    maxLength: maxPositions,
    lengthPenalty: Number(normalize),
    earlyStopping: false,
  };
}

function parseYaml(text: string, path: string): unknown {
  try {
    // No alias is wanted, so none can be made to grow.
    return parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw invalidModel(path, "special:model.yml is not YAML", undefined, cause);
  }
}

function check(value: unknown, path: string): z.infer<typeof optionsSchema> {
  const parsed = optionsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = issue?.path.join(".") ?? "";
  throw invalidModel(
    path,
    issue?.message ?? "not a Marian configuration",
    `special:model.yml, option ${option}`,
  );
}
