import { join } from "node:path";

import { z } from "zod";

import { targetVocabularyFile, type TokenizerFiles } from "../checkpoint/checkpoint.js";
import { invalidModel } from "../checkpoint/invalid-model.js";
import { lowerAllCaps } from "../text/lower-all-caps.js";
import { normalizePunctuation } from "../text/normalize-punctuation.js";
import { createEncoder } from "./create-encoder.js";
import { parseSentencePieceModel, type SentencePieceModel } from "./read-sentence-piece-model.js";
import { readTokenizerFiles } from "./read-tokenizer-files.js";
import { Vocabulary } from "./vocabulary.js";

/** Text as the model takes it. */
export interface EncodedText {
  /** Ids in the vocabulary of the text's language, which may be the joint one, `</s>` last. */
  ids: number[];
  /** The text had more pieces than were allowed. */
  truncated: boolean;
  /** Pieces that the vocabulary does not know. */
  unknown: number;
}

const vocabularySchema = z.record(z.string(), z.int().nonnegative());

export interface TokenizerOptions {
  /** `>>xx<<` and special tokens in a text are tokens, as for Hugging Face, or plain text, as for SentencePiece. @default true */
  specialTokensInText?: boolean;
  /** Punctuation and odd characters of a source as the models saw them in training; not what Hugging Face does. @default false */
  normalizePunctuation?: boolean;
  /** A source in nothing but capitals as a sentence. @default false */
  lowerAllCaps?: boolean;
  /** The model's: pieces with an id that it does not know are refused. */
  vocabularySize?: number;
  /** That of sources, where it is another. */
  sourceVocabularySize?: number | null;
}

type Encoder = (text: string) => string[];

/**
 * Hugging Face's `MarianTokenizer`: `source.spm` splits, `vocab.json` gives the ids. A leading `>>xx<<` is one token, special
 * tokens in the text are themselves, a piece that is not in the vocabulary is `<unk>`, and `</s>` comes last. Where there is a
 * `target_vocab.json`, text in the target language has its ids.
 */
export class MarianTokenizer {
  readonly #encodeSource: Encoder;
  readonly #createTargetEncoder: () => Encoder;
  #encodeTarget: Encoder | undefined;
  readonly #options: TokenizerOptions;
  readonly #source: Vocabulary;
  /** Of text in the target language. */
  readonly target: Vocabulary;

  /**
   * @param path for errors: the folder of the files
   * @throws LeyendaError MODEL_INVALID naming the file
   */
  constructor(files: TokenizerFiles, path: string, options: TokenizerOptions = {}) {
    const [source, target] = (["source.spm", "target.spm"] as const).map((name) =>
      parseSentencePieceModel(files[name], join(path, name)),
    ) as [SentencePieceModel, SentencePieceModel];
    this.#encodeSource = createEncoder(source);
    this.#createTargetEncoder = () => createEncoder(target);
    this.#options = options;
    const { vocabularySize, sourceVocabularySize } = options;
    const sourceSize = sourceVocabularySize ?? vocabularySize;
    this.#source = parseVocabulary(files["vocab.json"], join(path, "vocab.json"), sourceSize);
    const own = files[targetVocabularyFile];
    this.target =
      own === undefined
        ? this.#source
        : parseVocabulary(own, join(path, targetVocabularyFile), vocabularySize);
  }

  /** @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file */
  static async load(folder: string, options: TokenizerOptions = {}): Promise<MarianTokenizer> {
    return new MarianTokenizer(await readTokenizerFiles(folder), folder, options);
  }

  /**
   * Ids of a text to translate.
   *
   * @param maxLength longest result in tokens, `</s>` included
   */
  encode(text: string, maxLength: number): EncodedText {
    const { normalizePunctuation: normalize = false, lowerAllCaps: lower = false } = this.#options;
    const normalized = normalize ? normalizePunctuation(text) : text;
    return this.#encode(
      lower ? lowerAllCaps(normalized) : normalized,
      maxLength,
      this.#encodeSource,
      this.#source,
    );
  }

  /** Ids of a text in the target language, split by `target.spm`: a decoder's labels. */
  encodeTarget(text: string, maxLength: number): EncodedText {
    this.#encodeTarget ??= this.#createTargetEncoder();
    return this.#encode(text, maxLength, this.#encodeTarget, this.target);
  }

  #encode(text: string, maxLength: number, encode: Encoder, vocabulary: Vocabulary): EncodedText {
    const pieces = (this.#options.specialTokensInText ?? true) ? withSpecials(text, encode) : encode(text);
    const ids = pieces.map((piece) => vocabulary.ids.get(piece) ?? vocabulary.unknown);
    const truncated = ids.length > maxLength - 1;
    const kept = truncated ? ids.slice(0, maxLength - 1) : ids;
    const unknown = kept.reduce((count, id) => count + (id === vocabulary.unknown ? 1 : 0), 0);
    return { ids: [...kept, vocabulary.end], truncated, unknown };
  }

  /** Joins pieces to text, without special tokens. */
  decode(ids: Iterable<number>): string {
    return this.target.decode(ids);
  }
}

function withSpecials(text: string, encode: Encoder): string[] {
  const pieces: string[] = [];
  const language = /^>>.+<</.exec(text)?.[0];
  if (language !== undefined) pieces.push(language);
  const rest = language === undefined ? text : text.replaceAll(/>>.+<</g, "");
  for (const [index, segment] of rest.split(/(<\/s>|<unk>|<pad>)/).entries()) {
    if (index % 2 === 1) pieces.push(segment);
    else for (const piece of encode(segment)) pieces.push(piece);
  }
  return pieces;
}

function parseVocabulary(bytes: Uint8Array, path: string, size = Number.POSITIVE_INFINITY): Vocabulary {
  let ids: Map<string, number>;
  try {
    ids = new Map(Object.entries(vocabularySchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")))));
  } catch (cause) {
    throw invalidModel(path, "the vocabulary is not a JSON object from piece to id", undefined, cause);
  }
  for (const [piece, id] of ids)
    if (id >= size)
      throw invalidModel(path, `the model has ${size} words`, `piece ${piece} with the id ${id}`);
  try {
    return new Vocabulary(ids);
  } catch (cause) {
    throw invalidModel(path, (cause as Error).message, undefined, cause);
  }
}
