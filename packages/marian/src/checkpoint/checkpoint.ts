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
  /** What `MarianTokenizer` loads. */
  tokenizer: TokenizerFiles;
}

/** `source.spm`, `target.spm`, `vocab.json` and, where translations have a vocabulary of their own, `target_vocab.json`. */
export type TokenizerFiles = Readonly<
  Record<(typeof tokenizerFiles)[number], Uint8Array> & { [targetVocabularyFile]?: Uint8Array }
>;

export const tokenizerFiles = ["source.spm", "target.spm", "vocab.json"] as const;
export const targetVocabularyFile = "target_vocab.json";
