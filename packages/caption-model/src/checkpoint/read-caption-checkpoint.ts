import { stat } from "node:fs/promises";
import { join } from "node:path";

import { isErrno, LeyendaError } from "@leyenda/core";
import type { MarianConfig } from "@leyenda/marian";
import {
  invalidModel,
  MarianWeights,
  readPytorch,
  readSafetensors,
  type Weights,
  type WeightTensor,
} from "@leyenda/marian/decoder";

import type { ClipVisionMarianConfig } from "../config/clip-vision-marian-config.js";
import { readConfig } from "../config/read-config.js";
import { commonName } from "./common-name.js";
import { readFlax } from "./read-flax.js";
import { visionWeights } from "./vision-weights.js";

/** The one form that every checkpoint is read into. */
export interface CaptionCheckpoint {
  vision: ClipVisionMarianConfig["clip_vision_config"];
  /** Of the decoder: it has no encoder layers. */
  decoder: MarianConfig;
  visionWeights: Weights;
  decoderWeights: MarianWeights;
}

/** What weights may be called, and how they are read; the first that is there is taken. */
const readers: Record<string, (path: string) => Promise<Map<string, WeightTensor>>> = {
  "flax_model.msgpack": readFlax,
  "model.safetensors": readSafetensors,
  "pytorch_model.bin": readPytorch,
};

/**
 * Reads a CLIP-Vision-Marian model: the original's Flax checkpoint, or a `VisionEncoderDecoderModel` of `CLIPVisionModel` and
 * `MarianForCausalLM`, which has no bias of the logits, and no projection where both are of one width.
 *
 * @param folder with `config.json` and `flax_model.msgpack`, `model.safetensors` or `pytorch_model.bin`
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and parameter or field
 */
export async function readCaptionCheckpoint(folder: string): Promise<CaptionCheckpoint> {
  const config = await readConfig(join(folder, "config.json"));
  const { path, read } = await findWeights(folder);
  const tensors = new Map<string, WeightTensor>();
  for (const [name, tensor] of await read(path)) tensors.set(commonName(name), tensor);
  const { clip_vision_config: vision, marian_config: marian } = config;
  if (!marian.tie_word_embeddings)
    throw invalidModel(
      join(folder, "config.json"),
      "only heads that are the embedding are supported",
      "marian_config.tie_word_embeddings",
    );
  if (!tensors.has("final_logits_bias"))
    tensors.set("final_logits_bias", {
      shape: [1, marian.vocab_size],
      data: new Float32Array(marian.vocab_size),
    });
  const { hidden_size: width } = vision;
  if (!tensors.has("visual_projection.weight") && width === marian.d_model)
    for (const [name, tensor] of Object.entries(identity(width)))
      tensors.set(`visual_projection.${name}`, tensor);
  const decoder = decoderConfig(marian);
  return {
    vision,
    decoder,
    visionWeights: visionWeights(tensors, config, path),
    decoderWeights: new MarianWeights(tensors, decoder, path),
  };
}

async function findWeights(
  folder: string,
): Promise<{ path: string; read: (path: string) => Promise<Map<string, WeightTensor>> }> {
  for (const [name, read] of Object.entries(readers)) {
    const path = join(folder, name);
    const found = await stat(path).catch((cause: unknown) => {
      if (isErrno(cause, "ENOENT", "ENOTDIR")) return undefined;
      throw cause;
    });
    if (found !== undefined) return { path, read };
  }
  throw new LeyendaError("MODEL_MISSING", "the folder holds no weights of a caption model", {
    where: folder,
    expected: Object.keys(readers).join(", "),
  });
}

/** Search as the original does it: four beams, 64 tokens, padding never said; a call may say otherwise. */
function decoderConfig(marian: ClipVisionMarianConfig["marian_config"]): MarianConfig {
  return {
    vocabularySize: marian.vocab_size,
    sourceVocabularySize: null,
    tiedOutput: true,
    width: marian.d_model,
    encoderLayers: 0,
    decoderLayers: marian.decoder_layers,
    encoderHeads: 1,
    decoderHeads: marian.decoder_attention_heads,
    activation: "swish",
    decoderCell: "attention",
    positions: "hugging-face",
    layerNormEpsilon: 1e-5,
    specialTokensInText: true,
    maxPositions: marian.max_position_embeddings,
    scaleEmbedding: marian.scale_embedding,
    padId: marian.pad_token_id,
    endId: marian.eos_token_id,
    startId: marian.decoder_start_token_id,
    forcedEndId: marian.forced_eos_token_id,
    bannedIds: [marian.pad_token_id],
    bannedRuns: [],
    renormalize: true,
    beams: 4,
    maxLength: Math.min(64, marian.max_position_embeddings),
    lengthPenalty: 1,
    earlyStopping: true,
  };
}

function identity(width: number): Record<"weight" | "bias", WeightTensor> {
  const data = new Float32Array(width * width);
  for (let at = 0; at < width; at += 1) data[at * (width + 1)] = 1;
  return {
    weight: { shape: [width, width], data },
    bias: { shape: [width], data: new Float32Array(width) },
  };
}
