import type { Json, TranslatedRow } from "@leyenda/core";

/** What a translation adds to a row. */
export type TranslatedColumns = Pick<
  TranslatedRow,
  | "caption_es"
  | "score"
  | "source_tokens"
  | "target_tokens"
  | "source_truncated"
  | "target_truncated"
  | "unknown_pieces"
  | "flags"
>;

/** How rows of the reserve become rows of the dataset: as the stage `translate` makes its own. */
export interface Backfill {
  /** The options of that stage, which must be those of the dataset. */
  options: Record<string, Json>;
  /** @param captions all different */
  translate: (captions: readonly string[]) => Promise<ReadonlyMap<string, TranslatedColumns>>;
}
