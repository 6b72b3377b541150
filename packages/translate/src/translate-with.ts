import type { Translator } from "@leyenda/marian";

import type { CaptionTranslation, Search } from "./translate-captions.js";

/** Translates captions with a model, in order, and keeps of each translation what a dataset keeps. */
export async function translateWith(
  translator: Translator,
  captions: readonly string[],
  search: Search,
): Promise<CaptionTranslation[]> {
  const translations = await translator.translate(captions, search);
  return translations.map(({ text, ids, score, sourceTokens, truncated, unknown, reachedMaxLength }) => ({
    text,
    score,
    sourceTokens,
    targetTokens: ids.length,
    truncated,
    unknown,
    reachedMaxLength,
  }));
}
