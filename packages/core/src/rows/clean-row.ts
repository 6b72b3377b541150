import { Field, Int64, Schema, Uint32, Utf8 } from "apache-arrow";

import type { Outcome } from "../outcomes.js";

/** A row of `clean/part-….rows.arrow`: one for each fetched row, in the same order. */
export interface CleanRow {
  line: number;
  key: string;
  url: string;
  /** Where the picture came from, after redirects; null where none came. */
  final_url: string | null;
  caption: string;
  /** The row's outcome so far: that of fetch unless it was ok there. */
  outcome: Outcome;
  detail: string | null;
  /** SHA-256 of the body as it was fetched, in hex. */
  source_sha256: string | null;
  source_format: string | null;
  /** Pixels of the original, upright. */
  source_width: number | null;
  source_height: number | null;
  /** Pixels of the stored picture. */
  width: number | null;
  height: number | null;
  /** Perceptual hashes (DCT and difference), 64 bits each in hex; null for a picture of (nearly) one colour. */
  phash: string | null;
  dhash: string | null;
  /** Place of the stored picture in the part's images file, bytes. */
  image_offset: bigint | null;
  image_length: number | null;
  /** As in the fetched row. */
  extra?: string | null;
}

export const cleanRowSchema = new Schema([
  new Field("line", new Uint32(), false),
  new Field("key", new Utf8(), false),
  new Field("url", new Utf8(), false),
  new Field("final_url", new Utf8(), true),
  new Field("caption", new Utf8(), false),
  new Field("outcome", new Utf8(), false),
  new Field("detail", new Utf8(), true),
  new Field("source_sha256", new Utf8(), true),
  new Field("source_format", new Utf8(), true),
  new Field("source_width", new Uint32(), true),
  new Field("source_height", new Uint32(), true),
  new Field("width", new Uint32(), true),
  new Field("height", new Uint32(), true),
  new Field("phash", new Utf8(), true),
  new Field("dhash", new Utf8(), true),
  new Field("image_offset", new Int64(), true),
  new Field("image_length", new Uint32(), true),
  new Field("extra", new Utf8(), true),
]);
