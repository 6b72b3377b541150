import type { MarianWeights } from "./marian-weights.js";
import type { MarianConfig } from "./read-marian-config.js";

/** Where weights can come from. */
export const checkpointFormats = ["safetensors", "pytorch", "onnx", "marian-npz", "marian-bin"] as const;

export type CheckpointFormat = (typeof checkpointFormats)[number];

/** The one form that every format is read into. */
export interface Checkpoint {
  format: CheckpointFormat;
  config: MarianConfig;
  weights: MarianWeights;
  /** What `MarianTokenizer` loads: `source.spm`, `target.spm`, `vocab.json`. */
  tokenizer: Readonly<Record<TokenizerFile, Uint8Array>>;
}

export type TokenizerFile = (typeof tokenizerFiles)[number];

export const tokenizerFiles = ["source.spm", "target.spm", "vocab.json"] as const;
