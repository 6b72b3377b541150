import { Field, Float64, Int64, Schema, Uint16, Uint32, Uint8, Utf8 } from "apache-arrow";

import type { Outcome } from "../outcomes.js";

/** A row of `fetched/part-….rows.arrow`: one for each row of the list. */
export interface FetchedRow {
  /** Place among the rows of the list, from 1: the line, in a list of one plain file without header or quoted newlines. */
  line: number;
  /** See `rowKey`; empty for a malformed row. */
  key: string;
  url: string;
  caption: string;
  outcome: Outcome;
  status: number | null;
  final_url: string | null;
  content_type: string | null;
  /** What robots.txt said of `final_url`, by which line, and when it was read; null where it was not asked. */
  robots_txt: string | null;
  /** What tdmrep.json of its origin said of `final_url`, and when it was read; null where it said nothing, or was not asked. */
  tdmrep: string | null;
  /** What X-Robots-Tag and TDM headers said. */
  robots_tag: string | null;
  /** Why the outcome is not ok. */
  detail: string | null;
  /** SHA-256 of the decoded body, in hex. */
  sha256: string | null;
  /** Of the body that was received, decoded. */
  bytes: number;
  attempts: number;
  /** Redirects that were followed to `final_url`. */
  redirects: number;
  /** Validators of the body, for asking later whether it has changed; as the server gave them. */
  etag: string | null;
  last_modified: string | null;
  elapsed_ms: number;
  /** Milliseconds since 1970. */
  fetched_at: number;
  /** Role of the part's file that holds the body (`images.arrow`, or that of a later revision), and its place there, bytes. */
  image_file: string | null;
  image_offset: bigint | null;
  image_length: number | null;
  /** The list's further columns that were asked for, a JSON object; null when none were. */
  extra?: string | null;
}

export const fetchedRowSchema = new Schema([
  new Field("line", new Uint32(), false),
  new Field("key", new Utf8(), false),
  new Field("url", new Utf8(), false),
  new Field("caption", new Utf8(), false),
  new Field("outcome", new Utf8(), false),
  new Field("status", new Uint16(), true),
  new Field("final_url", new Utf8(), true),
  new Field("content_type", new Utf8(), true),
  new Field("robots_txt", new Utf8(), true),
  new Field("tdmrep", new Utf8(), true),
  new Field("robots_tag", new Utf8(), true),
  new Field("detail", new Utf8(), true),
  new Field("sha256", new Utf8(), true),
  new Field("bytes", new Uint32(), false),
  new Field("attempts", new Uint16(), false),
  new Field("redirects", new Uint8(), false),
  new Field("etag", new Utf8(), true),
  new Field("last_modified", new Utf8(), true),
  new Field("elapsed_ms", new Uint32(), false),
  new Field("fetched_at", new Float64(), false),
  new Field("image_file", new Utf8(), true),
  new Field("image_offset", new Int64(), true),
  new Field("image_length", new Uint32(), true),
  new Field("extra", new Utf8(), true),
]);
