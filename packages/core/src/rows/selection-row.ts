import { Field, Schema, Uint32, Utf8 } from "apache-arrow";

/** What became of a clean picture once the whole list was seen. */
export type Verdict = "train" | "validation" | "reserve" | "duplicate" | "placeholder";

/** A row of `selected/part-….arrow`: one for each row that is `ok` in the clean part of that name, in its order. */
export interface SelectionRow {
  /** Row in the clean part, from 0. */
  row: number;
  key: string;
  verdict: Verdict;
  /** Place in the split, from 0; null when the row is in no split. */
  position: number | null;
  /** Key of the row that was kept instead of a duplicate. */
  kept_key: string | null;
}

export const selectionRowSchema = new Schema([
  new Field("row", new Uint32(), false),
  new Field("key", new Utf8(), false),
  new Field("verdict", new Utf8(), false),
  new Field("position", new Uint32(), true),
  new Field("kept_key", new Utf8(), true),
]);
