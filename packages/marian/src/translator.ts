import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { type InferenceSession, Tensor } from "onnxruntime-node";

import type { MarianConfig } from "./checkpoint/read-marian-config.js";
import { createSession, type Provider } from "./create-session.js";
import { readModelInfo } from "./model-info.js";
import { productsSaturate } from "./products-saturate.js";
import { decodeBatch, type DecodeOptions } from "./search/decode-batch.js";
import type { CacheMemory } from "./search/decoder-cache.js";
import type { SearchOptions } from "./search/sentence-search.js";
import { ShortlistChoice } from "./search/shortlist-choice.js";
import { shortlistFile } from "./shortlist/read-shortlist.js";
import { type EncodedText, MarianTokenizer, type TokenizerOptions } from "./spm/marian-tokenizer.js";

export interface TranslateOptions extends SearchOptions {
  /** Translations wanted of each text, at most `beams`. */
  best: number;
  /** Texts are cut to this many tokens, `</s>` included. */
  maxSourceLength: number;
  /** Source tokens, padding included and a sentence's counted for each of its beams, that are translated together. */
  batchTokens: number;
  /**
   * Translate only texts of the same number of tokens together: a sum over padding has other last digits. Then scores do not
   * depend to the last bit on what is translated beside a text, with two beams or more.
   */
  sameLength: boolean;
}

export interface Translation {
  text: string;
  /** Tokens as generated, `</s>` included when there is one. */
  ids: number[];
  /** Sum of log probabilities; with several beams over length^lengthPenalty. */
  score: number;
  /** Tokens of the source that the model was given. */
  sourceTokens: number;
  /** The source was longer than that. */
  truncated: boolean;
  /** Pieces of the source that the vocabulary does not know. */
  unknown: number;
  /** The translation was cut at the longest length. */
  reachedMaxLength: boolean;
  /** The next best translations, where several are wanted. */
  alternatives: { text: string; ids: number[]; score: number }[];
}

/** −∞ to a softmax, without a NaN where a whole row is masked. */
const masked = -1e30;

/** A Marian model ready to translate. Its batches run one after the other; use one `Translator` a process. */
export class Translator {
  readonly #config: MarianConfig;
  readonly #tokenizer: MarianTokenizer;
  readonly #encoder: InferenceSession;
  readonly #decoder: InferenceSession;
  readonly #shortlist: ShortlistChoice | null;
  /** Not in use at the moment. */
  readonly #memories: CacheMemory[] = [];

  private constructor(
    config: MarianConfig,
    tokenizer: MarianTokenizer,
    [encoder, decoder]: readonly [InferenceSession, InferenceSession],
    shortlist: ShortlistChoice | null,
  ) {
    this.#config = config;
    this.#tokenizer = tokenizer;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#shortlist = shortlist;
  }

  /**
   * Loads a folder made by `convertCheckpoint`.
   *
   * @param options.intraOpThreads threads of one step. @default 1
   * @param options.provider where it is computed; CUDA's digits are others, and only an fp32 model gains from it. @default "cpu"
   * @param options.normalizePunctuation and `lowerAllCaps`: see `TokenizerOptions`. @default false
   * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file; PROVIDER_MISSING
   */
  static async load(
    folder: string,
    {
      intraOpThreads = 1,
      provider = "cpu",
      ...preparation
    }: { intraOpThreads?: number; provider?: Provider } & Pick<
      TokenizerOptions,
      "normalizePunctuation" | "lowerAllCaps"
    > = {},
  ): Promise<Translator> {
    const { config, precision, files } = await readModelInfo(folder);
    const session = (model: string | Uint8Array): Promise<InferenceSession> =>
      createSession(model, { intraOpThreads, provider });
    const { specialTokensInText, vocabularySize, sourceVocabularySize } = config;
    const tokenizer = await MarianTokenizer.load(folder, {
      ...preparation,
      specialTokensInText,
      vocabularySize,
      sourceVocabularySize,
    });
    const graphs = [
      await session(join(folder, "encoder.onnx")),
      await session(join(folder, "decoder.onnx")),
    ] as const;
    const saturates = await productsSaturate();
    const shortlist =
      files[shortlistFile] === undefined
        ? null
        : await ShortlistChoice.load(folder, { config, precision, saturates, createSession: session });
    return new Translator(config, tokenizer, graphs, shortlist);
  }

  /**
   * Translates texts; what is not given comes from the model's own generation config.
   *
   * @returns a translation for every text, in order
   * @throws LeyendaError CONFIG_INVALID where the model cannot be searched by the rules asked for
   */
  async translate(texts: readonly string[], options: Partial<TranslateOptions> = {}): Promise<Translation[]> {
    const { beams, maxLength, lengthPenalty, earlyStopping, maxPositions } = this.#config;
    const full: TranslateOptions = {
      beams,
      maxLength,
      lengthPenalty,
      earlyStopping,
      maxSourceLength: maxPositions,
      rules: "hf",
      noRepeatNgramSize: 0,
      minLength: 0,
      batchTokens: 1024,
      sameLength: false,
      best: 1,
      ...options,
    };
    if (full.rules === "hf-flax") this.#checkForFlax();
    const longest = Math.min(full.maxSourceLength, maxPositions);
    const search = { ...full, maxLength: Math.min(full.maxLength, maxPositions) };
    const encoded = texts.map((text) => this.#tokenizer.encode(text, longest));
    const translations: Translation[] = [];
    for (const batch of batches(encoded, full)) {
      const sources = batch.map((index) => encoded[index] ?? { ids: [], truncated: false, unknown: 0 });
      const found = await this.#translateBatch(sources, search);
      batch.forEach((index, place) => {
        const translation = found[place];
        if (translation !== undefined) translations[index] = translation;
      });
    }
    return translations;
  }

  /** Frees the model's memory. */
  async close(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
    await this.#shortlist?.close();
  }

  /** Flax takes the padding out before the softmax; a model's graph does so, or has it in the sum. */
  #checkForFlax(): void {
    const { renormalize, bannedIds } = this.#config;
    if (renormalize || bannedIds.length === 0) return;
    throw new LeyendaError("CONFIG_INVALID", "this model cannot be searched by the rules of hf-flax", {
      expected: "a model that bans its padding before the softmax",
      hint: 'set "renormalize_logits": true in the checkpoint\'s generation_config.json and convert it again',
    });
  }

  async #translateBatch(
    sources: readonly EncodedText[],
    search: SearchOptions & Pick<TranslateOptions, "best">,
  ): Promise<Translation[]> {
    const length = Math.max(...sources.map(({ ids }) => ids.length));
    const ids = new Int32Array(sources.length * length).fill(this.#config.padId);
    const mask = new Float32Array(sources.length * length).fill(masked);
    sources.forEach((source, row) => {
      ids.set(source.ids, row * length);
      mask.fill(0, row * length, row * length + source.ids.length);
    });
    const crossMask = new Tensor("float32", mask, [sources.length, 1, 1, length]);
    const cross = await this.#encoder.run({
      ids: new Tensor("int32", ids, [sources.length, length]),
      mask: crossMask,
    });
    const memory = this.#memories.pop() ?? new Map<string, Float32Array>();
    const choice = await this.#choiceFor(sources);
    const found = await decodeBatch({
      step: choice.step,
      config: this.#config,
      words: choice.words,
      perSentence: { ...cross, cross_mask: crossMask, ...choice.perSentence },
      sentences: sources.length,
      search,
      memory,
    }).finally(() => this.#memories.push(memory));
    return found.map((hypotheses, row) => {
      const [best, ...others] = hypotheses
        .slice(0, search.best)
        .map(({ tokens, score }) => ({ text: this.#tokenizer.decode(tokens), ids: tokens, score }));
      const source = sources[row];
      if (best === undefined || source === undefined) throw new Error("a sentence has no translation");
      return {
        ...best,
        sourceTokens: source.ids.length,
        truncated: source.truncated,
        unknown: source.unknown,
        reachedMaxLength: best.ids.length + 1 >= search.maxLength,
        alternatives: others,
      };
    });
  }

  /** A decoder's step, with the choice among a shortlist's words behind it if the model has one. */
  async #choiceFor(
    sources: readonly EncodedText[],
  ): Promise<{ step: DecodeOptions["step"]; words: number; perSentence: DecodeOptions["perSentence"] }> {
    const decoder = this.#decoder;
    const shortlist = this.#shortlist;
    if (shortlist === null) {
      const step = (inputs: DecodeOptions["perSentence"]): Promise<Record<string, Tensor>> =>
        decoder.run(inputs);
      return { step, words: this.#config.vocabularySize, perSentence: {} };
    }
    const { columns, allowed } = await shortlist.forBatch(sources.map(({ ids }) => ids));
    return {
      step: async ({ count, allowed: allowedNow, ...inputs }) => {
        const { hidden, ...made } = await decoder.run(inputs);
        if (hidden === undefined || count === undefined || allowedNow === undefined)
          throw new Error("the graph gave no hidden state");
        return { ...made, ...(await shortlist.choose(hidden, count, allowedNow, columns)) };
      },
      words: allowed.dims[2] ?? 0,
      perSentence: { allowed },
    };
  }
}

/** Texts of about the same length together, so that little is spent on padding. */
function* batches(
  encoded: readonly EncodedText[],
  { batchTokens, beams, sameLength }: TranslateOptions,
): Generator<number[]> {
  const length = (index: number): number => encoded[index]?.ids.length ?? 0;
  const order = [...encoded.keys()].sort((a, b) => length(a) - length(b) || a - b);
  let batch: number[] = [];
  for (const index of order) {
    const isFull = (batch.length + 1) * length(index) * beams > batchTokens;
    if (batch.length > 0 && (isFull || (sameLength && length(index) !== length(batch[0] ?? 0)))) {
      yield batch;
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) yield batch;
}
