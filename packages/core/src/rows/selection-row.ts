import { Field, Schema, Uint32, Uint8, Utf8 } from "apache-arrow";

/** What became of a clean picture once the whole list was seen. */
export type Verdict =
  | "train"
  | "validation"
  | "reserve"
  | "duplicate"
  | "placeholder"
  | "excluded"
  | "caption_short"
  | "caption_long"
  | "caption_language"
  | "caption_boilerplate";

/**
 * How a row was found to be a duplicate, a placeholder or excluded: `exact` (the same body), `near` (perceptual hashes), `key`
 * (the same row again, or a key on an exclusion list), `url` (on an exclusion list).
 */
export type MatchReason = "exact" | "near" | "key" | "url";

/** A row of `selected/part-….arrow`: one for each row that is `ok` in the clean part of that name, in its order. */
export interface SelectionRow {
  /** Row in the clean part, from 0. */
  row: number;
  key: string;
  verdict: Verdict;
  /** Place in the split, from 0; null when the row is in no split. */
  position: number | null;
  /** Key of the row that was kept instead of a duplicate: the name of its cluster. */
  kept_key: string | null;
  reason: MatchReason | null;
  /**
   * For `near`, the bits in which the DCT hashes differ, from the kept row's or from the listed picture's. Over the threshold
   * where pictures between the two link them.
   */
  distance: number | null;
}

export const selectionRowSchema = new Schema([
  new Field("row", new Uint32(), false),
  new Field("key", new Utf8(), false),
  new Field("verdict", new Utf8(), false),
  new Field("position", new Uint32(), true),
  new Field("kept_key", new Utf8(), true),
  new Field("reason", new Utf8(), true),
  new Field("distance", new Uint8(), true),
]);
