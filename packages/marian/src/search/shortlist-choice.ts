import { join } from "node:path";

import { InferenceSession, Tensor } from "onnxruntime-node";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { buildChoice, shareUnit } from "../onnx/build-choice.js";
import { wordsFile } from "../onnx/build-words.js";
import type { Precision } from "../onnx/layers.js";
import { readShortlist, type Shortlist, shortlistFile } from "../shortlist/read-shortlist.js";

type Tensors = Record<string, Tensor>;

/** −∞ to a softmax, without a NaN where a whole row is masked. */
export const notAllowed = -1e30;

/** The union of a batch's words is filled to a multiple: onnxruntime sums products in another order for a few columns only. */
const alignment = 256;

interface Options {
  config: MarianConfig;
  precision: Precision;
  /** Whether signed products saturate: see `productsSaturate`. */
  saturates: boolean;
  createSession: (model: string | Uint8Array) => Promise<InferenceSession>;
}

/** Chooses each sentence's next words among those of the model's shortlist for that sentence. */
export class ShortlistChoice {
  readonly #shortlist: Shortlist;
  readonly #words: InferenceSession;
  readonly #choice: InferenceSession;
  readonly #options: Options;

  private constructor(
    shortlist: Shortlist,
    [words, choice]: readonly [InferenceSession, InferenceSession],
    options: Options,
  ) {
    this.#shortlist = shortlist;
    this.#words = words;
    this.#choice = choice;
    this.#options = options;
  }

  /** @param folder of a model that was converted with a shortlist */
  static async load(folder: string, options: Options): Promise<ShortlistChoice> {
    const { config, precision, saturates, createSession } = options;
    const shortlist = await readShortlist(join(folder, shortlistFile));
    const values = precision === "fp32" ? "float" : saturates ? "uint8" : "int8";
    const sessions = [
      await createSession(join(folder, wordsFile)),
      await createSession(buildChoice(config.width, values).toBytes()),
    ] as const;
    return new ShortlistChoice(shortlist, sessions, options);
  }

  /**
   * What a batch's steps choose from: the columns of all its sentences' words, and `allowed`, which says for each sentence which of them
   * are its own.
   */
  async forBatch(sources: readonly (readonly number[])[]): Promise<{ columns: Tensors; allowed: Tensor }> {
    const lists = sources.map((source) => this.#wordsOf(source));
    const union = Int32Array.from(new Set(lists.flat())).sort();
    const words = new Int32Array(Math.ceil(union.length / alignment) * alignment).fill(union.at(-1) ?? 0);
    words.set(union);
    const places = new Map(Array.from(union, (word, place) => [word, place]));
    const allowed = new Float32Array(sources.length * words.length).fill(notAllowed);
    for (const [row, list] of lists.entries())
      for (const word of list) allowed[row * words.length + (places.get(word) ?? 0)] = 0;
    const asked = new Tensor("int32", words, [words.length]);
    const { matrix, ...columns } = await this.#words.run({ words: asked });
    if (matrix === undefined) throw new Error("the graph gave no matrix");
    return {
      columns: { ...columns, words: asked, matrix: this.#unsignedIfNeeded(matrix) },
      allowed: new Tensor("float32", allowed, [sources.length, 1, words.length]),
    };
  }

  /** The likeliest continuations, as the decoder of a model without a shortlist gives them. */
  async choose(hidden: Tensor, count: Tensor, allowed: Tensor, columns: Tensors): Promise<Tensors> {
    const rows = hidden.dims[0] ?? 0;
    const { tokens, excess, sums } = await this.#choice.run({
      hidden: rows === 1 ? twice(hidden) : hidden,
      count,
      allowed,
      ...columns,
    });
    if (tokens === undefined || excess === undefined || sums === undefined)
      throw new Error("the graph gave no words");
    const ranks = excess.dims[1] ?? 0;
    // Taken here: onnxruntime computes some rows' logarithms with other last digits, by their place.
    const logSums = Float32Array.from(sums.data as Float32Array, (sum) => Math.log(sum / shareUnit));
    const scores = (excess.data as Float32Array).map(
      (value, at) => value - (logSums[Math.floor(at / ranks)] ?? 0),
    );
    return { tokens, scores: new Tensor("float32", scores, excess.dims) };
  }

  async close(): Promise<void> {
    await this.#words.release();
    await this.#choice.release();
  }

  /** Those that Marian would allow a batch of this sentence alone, and the end. */
  #wordsOf(source: readonly number[]): number[] {
    const { vocabularySize, sourceVocabularySize, padId, endId, bannedIds } = this.#options.config;
    const words = [...this.#shortlist.forSources(source, vocabularySize)].filter(
      (word) => (word !== padId || sourceVocabularySize !== null) && !bannedIds.includes(word),
    );
    return words.includes(endId) ? words : [endId, ...words];
  }

  #unsignedIfNeeded(matrix: Tensor): Tensor {
    if (!this.#options.saturates || matrix.type !== "int8") return matrix;
    const { buffer, byteOffset, byteLength } = matrix.data as Int8Array;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength).map((byte) => byte ^ 128);
    return new Tensor("uint8", bytes, matrix.dims);
  }
}

/** A product of a single row is another kernel's, with other last digits. */
function twice(row: Tensor): Tensor {
  const data = row.data as Float32Array;
  return new Tensor("float32", Float32Array.of(...data, ...data), [2, data.length]);
}
