import type { TranslatedRow } from "@leyenda/core";

import type { FlaggedTranslation } from "./translate-captions.js";

/** What a translation adds to a row. */
export type TranslationColumns = Pick<
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

/** The columns of a row that follow from its caption's translation. */
export function translationColumns(translation: FlaggedTranslation): TranslationColumns {
  return {
    caption_es: translation.text,
    score: translation.score,
    source_tokens: translation.sourceTokens,
    target_tokens: translation.targetTokens,
    source_truncated: translation.truncated,
    target_truncated: translation.reachedMaxLength,
    unknown_pieces: translation.unknown,
    flags: translation.flags.join(","),
  };
}
