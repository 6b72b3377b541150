import { access } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { InferenceSession, Tensor } from "onnxruntime-node";

import type { MarianConfig } from "./checkpoint/read-marian-config.js";
import { readModelInfo } from "./model-info.js";
import { productsSaturate } from "./products-saturate.js";
import { decodeBatch } from "./search/decode-batch.js";
import type { CacheMemory } from "./search/decoder-cache.js";
import type { SearchOptions } from "./search/sentence-search.js";
import { type EncodedText, MarianTokenizer, type TokenizerOptions } from "./spm/marian-tokenizer.js";

export interface TranslateOptions extends SearchOptions {
  /** Translations wanted of each text, at most `beams`. */
  best: number;
  /** Texts are cut to this many tokens, `</s>` included. */
  maxSourceLength: number;
  /** Source tokens, padding included, that are translated together. */
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
  /** Not in use at the moment. */
  readonly #memories: CacheMemory[] = [];

  private constructor(
    config: MarianConfig,
    tokenizer: MarianTokenizer,
    [encoder, decoder]: readonly [InferenceSession, InferenceSession],
  ) {
    this.#config = config;
    this.#tokenizer = tokenizer;
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /**
   * Loads a folder made by `convertCheckpoint`.
   *
   * @param options.intraOpThreads threads of one step. @default 1
   * @param options.normalizePunctuation and `lowerAllCaps`: see `TokenizerOptions`. @default false
   * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file
   */
  static async load(
    folder: string,
    {
      intraOpThreads = 1,
      ...preparation
    }: { intraOpThreads?: number } & Pick<TokenizerOptions, "normalizePunctuation" | "lowerAllCaps"> = {},
  ): Promise<Translator> {
    const { config } = await readModelInfo(folder);
    const session = (name: string): Promise<InferenceSession> =>
      createSession(join(folder, name), intraOpThreads);
    const { specialTokensInText, vocabularySize } = config;
    const tokenizer = await MarianTokenizer.load(folder, {
      ...preparation,
      specialTokensInText,
      vocabularySize,
    });
    return new Translator(config, tokenizer, [await session("encoder.onnx"), await session("decoder.onnx")]);
  }

  /**
   * Translates texts; what is not given comes from the model's own generation config.
   *
   * @returns a translation for every text, in order
   */
  async translate(texts: readonly string[], options: Partial<TranslateOptions> = {}): Promise<Translation[]> {
    const { beams, maxLength, lengthPenalty, earlyStopping, maxPositions } = this.#config;
    const full: TranslateOptions = {
      beams,
      maxLength,
      lengthPenalty,
      earlyStopping,
      maxSourceLength: maxPositions,
      noRepeatNgramSize: 0,
      minLength: 0,
      batchTokens: 1024,
      sameLength: false,
      best: 1,
      ...options,
    };
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
    const found = await decodeBatch({
      decoder: this.#decoder,
      config: this.#config,
      cross: { ...cross, cross_mask: crossMask },
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
}

/** Texts of about the same length together, so that little is spent on padding. */
function* batches(
  encoded: readonly EncodedText[],
  { batchTokens, sameLength }: TranslateOptions,
): Generator<number[]> {
  const length = (index: number): number => encoded[index]?.ids.length ?? 0;
  const order = [...encoded.keys()].sort((a, b) => length(a) - length(b) || a - b);
  let batch: number[] = [];
  for (const index of order) {
    const isFull = (batch.length + 1) * length(index) > batchTokens;
    if (batch.length > 0 && (isFull || (sameLength && length(index) !== length(batch[0] ?? 0)))) {
      yield batch;
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) yield batch;
}

async function createSession(path: string, intraOpNumThreads: number): Promise<InferenceSession> {
  await access(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "a graph of the model cannot be read", { where: path, cause });
  });
  try {
    return await InferenceSession.create(path, {
      intraOpNumThreads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      // A thread that waits must not burn the core that another process could use.
      // Makes signed weights unsigned, at half the speed.
      extra: {
        session: {
          intra_op: { allow_spinning: "0" },
          x64quantprecision: (await productsSaturate()) ? "1" : "0",
        },
      },
    });
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", `onnxruntime refuses the graph: ${(cause as Error).message}`, {
      where: path,
      hint: 'convert the model again with "leyenda model convert"',
      cause,
    });
  }
}
