import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

import { createEncoder } from "./create-encoder.js";
import { readSentencePieceModel } from "./read-sentence-piece-model.js";

/** Text as the model takes it. */
export interface EncodedText {
  /** Ids in the joint vocabulary, `</s>` last. */
  ids: number[];
  /** The text had more pieces than were allowed. */
  truncated: boolean;
  /** Pieces that the vocabulary does not know. */
  unknown: number;
}

const vocabularySchema = z.record(z.string(), z.int().nonnegative());
const special = { end: "</s>", unknown: "<unk>", pad: "<pad>" } as const;

/**
 * Hugging Face's `MarianTokenizer`: `source.spm` splits, `vocab.json` gives the ids. A leading `>>xx<<` is one token, special
 * tokens in the text are themselves, a piece that is not in the vocabulary is `<unk>`, and `</s>` comes last.
 */
export class MarianTokenizer {
  readonly #encodeSource: (text: string) => string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #pieces: readonly string[];
  readonly #skipped: ReadonlySet<number>;
  readonly #end: number;
  readonly #unknown: number;

  private constructor(encodeSource: (text: string) => string[], vocabulary: Record<string, number>) {
    this.#encodeSource = encodeSource;
    this.#ids = new Map(Object.entries(vocabulary));
    const pieces: string[] = [];
    for (const [piece, id] of this.#ids) pieces[id] = piece;
    this.#pieces = pieces;
    this.#end = vocabulary[special.end] ?? 0;
    this.#unknown = vocabulary[special.unknown] ?? 1;
    this.#skipped = new Set(Object.values(special).flatMap((token) => vocabulary[token] ?? []));
  }

  /** @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file */
  static async load(folder: string): Promise<MarianTokenizer> {
    const encoder = createEncoder(await readSentencePieceModel(join(folder, "source.spm")));
    return new MarianTokenizer(encoder, await readVocabulary(join(folder, "vocab.json")));
  }

  /** @param maxLength longest result in tokens, `</s>` included */
  encode(text: string, maxLength: number): EncodedText {
    const ids: number[] = [];
    const language = /^>>.+<</.exec(text)?.[0];
    if (language !== undefined) ids.push(this.#idOf(language));
    const rest = language === undefined ? text : text.replaceAll(/>>.+<</g, "");
    for (const [index, segment] of rest.split(/(<\/s>|<unk>|<pad>)/).entries()) {
      if (index % 2 === 1) ids.push(this.#idOf(segment));
      else for (const piece of this.#encodeSource(segment)) ids.push(this.#idOf(piece));
    }
    const truncated = ids.length > maxLength - 1;
    const kept = truncated ? ids.slice(0, maxLength - 1) : ids;
    const unknown = kept.reduce((count, id) => count + (id === this.#unknown ? 1 : 0), 0);
    return { ids: [...kept, this.#end], truncated, unknown };
  }

  /** Joins pieces to text, without special tokens. */
  decode(ids: Iterable<number>): string {
    let text = "";
    for (const id of ids) if (!this.#skipped.has(id)) text += this.#pieces[id] ?? "";
    return text.replaceAll("▁", " ").trim();
  }

  #idOf(piece: string): number {
    return this.#ids.get(piece) ?? this.#unknown;
  }
}

async function readVocabulary(path: string): Promise<Record<string, number>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "the vocabulary cannot be read", { where: path, cause });
  });
  try {
    return vocabularySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", "the vocabulary is not a JSON object from piece to id", {
      where: path,
      cause,
    });
  }
}
