import { Bool, Field, Float32, Int64, Schema, Uint16, Uint32, Utf8 } from "apache-arrow";

/** A row of `translated/part-….rows.arrow`: one for each selected row of the part, with all that the dataset needs. */
export interface TranslatedRow {
  split: "train" | "validation";
  /** Place in the split, from 0. */
  position: number;
  line: number;
  key: string;
  url: string;
  /** Where the picture came from, after redirects. */
  final_url: string;
  caption_en: string;
  caption_es: string;
  /** Sum of the tokens' log probabilities over the length to the power of the length penalty. */
  score: number;
  source_tokens: number;
  target_tokens: number;
  /** The caption was longer than the model was given. */
  source_truncated: boolean;
  /** The translation reached the longest length allowed. */
  target_truncated: boolean;
  /** Pieces of the caption that the vocabulary does not know. */
  unknown_pieces: number;
  /** Signs of a poor translation (`translationFlags`), with commas between them; empty where there are none. */
  flags: string;
  source_sha256: string;
  source_format: string;
  source_width: number;
  source_height: number;
  /** As in the clean row. */
  phash: string | null;
  dhash: string | null;
  width: number;
  height: number;
  /** Name of the clean part that holds the picture, and its place in that part's images file. */
  image_part: string;
  image_offset: bigint;
  image_length: number;
  /** As in the fetched row. */
  extra?: string | null;
}

export const translatedRowSchema = new Schema([
  new Field("split", new Utf8(), false),
  new Field("position", new Uint32(), false),
  new Field("line", new Uint32(), false),
  new Field("key", new Utf8(), false),
  new Field("url", new Utf8(), false),
  new Field("final_url", new Utf8(), false),
  new Field("caption_en", new Utf8(), false),
  new Field("caption_es", new Utf8(), false),
  new Field("score", new Float32(), false),
  new Field("source_tokens", new Uint16(), false),
  new Field("target_tokens", new Uint16(), false),
  new Field("source_truncated", new Bool(), false),
  new Field("target_truncated", new Bool(), false),
  new Field("unknown_pieces", new Uint16(), false),
  new Field("flags", new Utf8(), false),
  new Field("source_sha256", new Utf8(), false),
  new Field("source_format", new Utf8(), false),
  new Field("source_width", new Uint32(), false),
  new Field("source_height", new Uint32(), false),
  new Field("phash", new Utf8(), true),
  new Field("dhash", new Utf8(), true),
  new Field("width", new Uint32(), false),
  new Field("height", new Uint32(), false),
  new Field("image_part", new Utf8(), false),
  new Field("image_offset", new Int64(), false),
  new Field("image_length", new Uint32(), false),
  new Field("extra", new Utf8(), true),
]);
