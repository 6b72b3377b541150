import type { DatasetConfig, TranslationFlag } from "@leyenda/core";
import type { TranslateOptions } from "@leyenda/marian";

import { type FlagThresholds, flagTranslation } from "./flags/flag-translation.js";

/** What the dataset keeps of a caption's translation. */
export interface CaptionTranslation {
  text: string;
  score: number;
  sourceTokens: number;
  targetTokens: number;
  truncated: boolean;
  unknown: number;
  reachedMaxLength: boolean;
}

export interface FlaggedTranslation extends CaptionTranslation {
  flags: TranslationFlag[];
}

/** The part of the options that says how a translation is looked for. */
export type Search = Partial<TranslateOptions>;

export interface TranslateCaptionsOptions {
  /** Translates different captions, in order. */
  translate: (captions: readonly string[], search: Search) => Promise<CaptionTranslation[]>;
  search: Search;
  flags: FlagThresholds;
  policy: DatasetConfig["translate"]["policy"];
  /** Laid over `search` where a translation is tried again. */
  retry: Search;
}

/** Translations by caption, and how many of them were tried again, and bettered. */
export interface TranslatedCaptions {
  translations: Map<string, FlaggedTranslation>;
  retried: number;
  bettered: number;
}

/**
 * Translates captions, marks the poor translations, and tries those again that the policy does not keep. Another attempt is taken if
 * it has fewer marks.
 *
 * @param captions all different
 */
export async function translateCaptions(
  captions: readonly string[],
  { translate, search, flags, policy, retry }: TranslateCaptionsOptions,
): Promise<TranslatedCaptions> {
  const flagged = async (texts: readonly string[], how: Search): Promise<[string, FlaggedTranslation][]> => {
    const found = await translate(texts, how);
    return texts.map((caption, index) => {
      const translation = found[index];
      if (translation === undefined) throw new Error("fewer translations than captions");
      return [caption, { ...translation, flags: flagTranslation(caption, translation, flags) }];
    });
  };
  const translations = new Map(await flagged(captions, search));
  const poor = captions.filter((caption) =>
    translations.get(caption)?.flags.some((flag) => policy[flag] !== "keep"),
  );
  let bettered = 0;
  if (poor.length > 0) {
    for (const [caption, second] of await flagged(poor, { ...search, ...retry })) {
      if (second.flags.length >= (translations.get(caption)?.flags.length ?? 0)) continue;
      translations.set(caption, second);
      bettered += 1;
    }
  }
  return { translations, retried: poor.length, bettered };
}
