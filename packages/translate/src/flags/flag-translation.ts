import { type TranslationFlag, translationFlags } from "@leyenda/core";
import type { Translation } from "@leyenda/marian";

import { isCopied } from "./is-copied.js";
import { isLoop } from "./is-loop.js";
import { isOddLength, type LengthLimits } from "./is-odd-length.js";
import { lostNames } from "./lost-names.js";
import { lostNumbers } from "./lost-numbers.js";

export interface FlagThresholds extends LengthLimits {
  /** The same words so many times in a row are a loop. */
  loopRepeats: number;
}

/** What of a translation the flags depend on. */
export type Flaggable = Pick<
  Translation,
  "text" | "truncated" | "reachedMaxLength" | "unknown" | "sourceTokens"
>;

/** Signs that a translation is poor, in the order of `translationFlags`. Only the words themselves are looked at, by rules. */
export function flagTranslation(
  source: string,
  { text, truncated, reachedMaxLength, unknown, sourceTokens }: Flaggable,
  thresholds: FlagThresholds,
): TranslationFlag[] {
  const isEmpty = text.trim() === "" && source.trim() !== "";
  const signs: Record<TranslationFlag, boolean> = {
    copied: isCopied(source, text),
    loop: isLoop(source, text, thresholds.loopRepeats),
    length: !isEmpty && isOddLength(source, text, thresholds),
    numbers: lostNumbers(source, text).length > 0,
    names: lostNames(source, text).length > 0,
    empty: isEmpty,
    source_truncated: truncated,
    target_truncated: reachedMaxLength,
    // Or nothing of it is left but its end, as of characters that are not seen.
    unknown_pieces: unknown > 0 || (sourceTokens <= 1 && source.trim() !== ""),
  };
  return translationFlags.filter((flag) => signs[flag]);
}
