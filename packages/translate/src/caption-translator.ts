import { type DatasetConfig, hashJson } from "@leyenda/core";
import { readModelInfo, Translator } from "@leyenda/marian";

import { CachedTranslate } from "./cache/cached-translate.js";
import {
  type CaptionTranslation,
  type Search,
  translateCaptions,
  type TranslatedCaptions,
} from "./translate-captions.js";
import { translateWith } from "./translate-with.js";

type TranslateConfig = DatasetConfig["translate"];

/** A dataset's model, search, rules for poor translations and cache, ready for captions. */
export class CaptionTranslator {
  readonly #config: TranslateConfig;
  readonly #translator: Translator;
  readonly #cache: CachedTranslate | undefined;

  private constructor(config: TranslateConfig, translator: Translator, cache: CachedTranslate | undefined) {
    this.#config = config;
    this.#translator = translator;
    this.#cache = cache;
  }

  /** @throws LeyendaError of the model, when it is missing or damaged */
  static async open(config: TranslateConfig): Promise<CaptionTranslator> {
    const { model, provider, cache, normalizePunctuation, lowerAllCaps } = config;
    const preparation = { normalizePunctuation, lowerAllCaps };
    // One intra-op thread: there is a process for every core.
    const translator = await Translator.load(model, { intraOpThreads: 1, provider, ...preparation });
    if (cache === null) return new CaptionTranslator(config, translator, undefined);
    const { hash } = await readModelInfo(model);
    const inner = (texts: readonly string[], search: Search): Promise<CaptionTranslation[]> =>
      translateWith(translator, texts, search);
    const computed = { model: hash, provider, ...preparation };
    return new CaptionTranslator(config, translator, new CachedTranslate(cache, hashJson(computed), inner));
  }

  /** Makes what other processes have put into the cache known; null where there is none. @returns counts of what was found in it */
  async refreshCache(): Promise<CachedTranslate["counts"] | null> {
    await this.#cache?.refresh();
    return this.#cache?.counts ?? null;
  }

  /** @param captions all different */
  translate(captions: readonly string[]): Promise<TranslatedCaptions> {
    const { flags, policy, retry, ...options } = this.#config;
    const [cache, translator] = [this.#cache, this.#translator];
    return translateCaptions(captions, {
      translate: (texts, how) =>
        cache === undefined ? translateWith(translator, texts, how) : cache.translate(texts, how),
      search: searchOptions(options),
      flags,
      policy,
      retry: { beams: retry.beams, noRepeatNgramSize: retry.noRepeatNgram },
    });
  }

  async close(): Promise<void> {
    await this.#cache?.close();
    await this.#translator.close();
  }
}

function searchOptions({
  beams,
  rules,
  maxLength,
  maxSourceLength,
  earlyStopping,
  lengthPenalty,
  batchTokens,
}: Omit<TranslateConfig, "flags" | "policy" | "retry">): Search {
  // What is in the cache, or equal to another caption, is not in the batch: no digit may depend on that.
  const sameLength = true;
  return { beams, rules, maxLength, maxSourceLength, earlyStopping, lengthPenalty, batchTokens, sameLength };
}
