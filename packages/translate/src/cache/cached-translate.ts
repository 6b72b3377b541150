import { join } from "node:path";

import { hashJson } from "@leyenda/core";

import type { CaptionTranslation, Search, TranslateCaptionsOptions } from "../translate-captions.js";
import { TranslationCache } from "./translation-cache.js";

/** To be raised when the same model and options come to say something else. */
const cacheFormat = 1;

export interface CacheCounts {
  /** Captions that were looked up. */
  looked: number;
  /** Captions that were there. */
  found: number;
}

/**
 * A `translate` that asks the cache first, and adds what it did not know. There is a folder for each model and set of options;
 * `batchTokens` is not among them, as translations do not depend on what is translated beside them.
 */
export class CachedTranslate {
  readonly #folder: string;
  readonly #model: string;
  readonly #inner: TranslateCaptionsOptions["translate"];
  readonly #caches = new Map<string, TranslationCache>();
  #counts: CacheCounts = { looked: 0, found: 0 };

  /** @param model names the model, and all that is done to a caption before it */
  constructor(folder: string, model: string, inner: TranslateCaptionsOptions["translate"]) {
    this.#folder = folder;
    this.#model = model;
    this.#inner = inner;
  }

  /** Takes note of what other processes have added, and counts anew. */
  async refresh(): Promise<void> {
    this.#counts = { looked: 0, found: 0 };
    for (const cache of this.#caches.values()) await cache.refresh();
  }

  get counts(): CacheCounts {
    return this.#counts;
  }

  async translate(captions: readonly string[], search: Search): Promise<CaptionTranslation[]> {
    const cache = await this.#cacheFor(search);
    const known = new Map<string, CaptionTranslation>();
    for (const caption of captions) {
      const translation = await cache.get(caption);
      if (translation !== null) known.set(caption, translation);
    }
    const missing = captions.filter((caption) => !known.has(caption));
    const found = missing.length === 0 ? [] : await this.#inner(missing, search);
    const added = missing.map((caption, index) => {
      const translation = found[index];
      if (translation === undefined) throw new Error("fewer translations than captions");
      return [caption, translation] as const;
    });
    await cache.add(added);
    this.#counts.looked += captions.length;
    this.#counts.found += captions.length - missing.length;
    for (const [caption, translation] of added) known.set(caption, translation);
    return captions.flatMap((caption) => known.get(caption) ?? []);
  }

  async close(): Promise<void> {
    for (const cache of this.#caches.values()) await cache.close();
  }

  async #cacheFor(options: Search): Promise<TranslationCache> {
    const search = { ...options };
    delete search.batchTokens;
    const key = hashJson({ format: cacheFormat, model: this.#model, arch: process.arch, search });
    const known = this.#caches.get(key);
    if (known !== undefined) return known;
    const cache = new TranslationCache(join(this.#folder, key.slice(0, 32)));
    await cache.refresh();
    this.#caches.set(key, cache);
    return cache;
  }
}
