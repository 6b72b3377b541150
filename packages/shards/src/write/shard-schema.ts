import { Binary, Bool, type DataType, Field, Float32, Int32, Schema, Struct, Utf8 } from "apache-arrow";

/** A row of a shard. */
export interface ShardRow {
  /** The stored picture, and a name for it. */
  image: { bytes: Uint8Array; path: string };
  caption_es: string;
  caption_en: string;
  key: string;
  url: string;
  /** Where the picture came from, after redirects. */
  final_url: string;
  /** Pixels. */
  width: number;
  height: number;
  source_sha256: string;
  source_format: string;
  source_width: number;
  source_height: number;
  /** Perceptual hashes (DCT and difference), 64 bits each in hex; null for a picture of (nearly) one colour. */
  phash: string | null;
  dhash: string | null;
  /** Line in the list, from 1. */
  source_line: number;
  translation_score: number;
  source_truncated: boolean;
  target_truncated: boolean;
  unknown_pieces: number;
  /** Signs of a poor translation, with commas between them: a plain string, which every version of `datasets` reads alike. */
  translation_flags: string;
  /** The list's further columns, a JSON object; only in datasets that asked for them. */
  extra?: string | null;
}

/** What Hugging Face calls a column's type. */
export type Feature = { _type: "Image" } | { dtype: string; _type: "Value" };

interface Column {
  name: keyof ShardRow;
  type: DataType;
  feature: Feature;
}

const value = (dtype: string): Feature => ({ dtype, _type: "Value" });

// Hugging Face takes a declared feature only if its Arrow field equals the shard's to the letter: every field nullable,
// bytes before path. Otherwise the column silently loses its type.
const imageType = new Struct([new Field("bytes", new Binary(), true), new Field("path", new Utf8(), true)]);

const columns: readonly Column[] = [
  { name: "image", type: imageType, feature: { _type: "Image" } },
  { name: "caption_es", type: new Utf8(), feature: value("string") },
  { name: "caption_en", type: new Utf8(), feature: value("string") },
  { name: "key", type: new Utf8(), feature: value("string") },
  { name: "url", type: new Utf8(), feature: value("string") },
  { name: "final_url", type: new Utf8(), feature: value("string") },
  { name: "width", type: new Int32(), feature: value("int32") },
  { name: "height", type: new Int32(), feature: value("int32") },
  { name: "source_sha256", type: new Utf8(), feature: value("string") },
  { name: "source_format", type: new Utf8(), feature: value("string") },
  { name: "source_width", type: new Int32(), feature: value("int32") },
  { name: "source_height", type: new Int32(), feature: value("int32") },
  { name: "phash", type: new Utf8(), feature: value("string") },
  { name: "dhash", type: new Utf8(), feature: value("string") },
  { name: "source_line", type: new Int32(), feature: value("int32") },
  { name: "translation_score", type: new Float32(), feature: value("float32") },
  { name: "source_truncated", type: new Bool(), feature: value("bool") },
  { name: "target_truncated", type: new Bool(), feature: value("bool") },
  { name: "unknown_pieces", type: new Int32(), feature: value("int32") },
  { name: "translation_flags", type: new Utf8(), feature: value("string") },
];

const extraColumn: Column = { name: "extra", type: new Utf8(), feature: value("string") };

/**
 * Hugging Face's features of a shard's columns, in order.
 *
 * @param withExtra whether the dataset carries further columns of its list
 */
export function shardFeatures(withExtra: boolean): Record<string, Feature> {
  return Object.fromEntries(columnsOf(withExtra).map(({ name, feature }) => [name, feature]));
}

/**
 * Schema of a shard, with the metadata from which `datasets` knows that `image` is a picture.
 *
 * @param withExtra whether the dataset carries further columns of its list
 */
export function shardSchema(withExtra: boolean): Schema {
  return new Schema(
    columnsOf(withExtra).map(({ name, type }) => new Field(name, type, true)),
    new Map([["huggingface", JSON.stringify({ info: { features: shardFeatures(withExtra) } })]]),
  );
}

function columnsOf(withExtra: boolean): readonly Column[] {
  return withExtra ? [...columns, extraColumn] : columns;
}
