import { createBpeSplitter } from "./create-bpe-splitter.js";
import { createNormalizer } from "./create-normalizer.js";
import { createUnigramSplitter } from "./create-unigram-splitter.js";
import type { SentencePieceModel } from "./read-sentence-piece-model.js";

/** A part of the normalised text. */
export interface Split {
  text: string;
  /** No piece of the model covers it. */
  unknown: boolean;
}

/**
 * Splits text into pieces exactly as SentencePiece does with this model: adjacent unknown parts become one piece, or the bytes of each,
 * as the model says.
 *
 * @returns a function from text to pieces
 */
export function createEncoder(model: SentencePieceModel): (text: string) => string[] {
  const normalize = createNormalizer(model);
  const split = model.type === "unigram" ? createUnigramSplitter(model) : createBpeSplitter(model);
  return (text) => {
    const pieces: string[] = [];
    let afterUnknown = false;
    for (const part of split(normalize(text))) {
      if (part.unknown && model.byteFallback) pieces.push(...toBytes(part.text));
      else if (part.unknown && afterUnknown) pieces.push(`${pieces.pop() ?? ""}${part.text}`);
      else pieces.push(part.text);
      afterUnknown = part.unknown;
    }
    return pieces;
  };
}

function toBytes(text: string): string[] {
  return Array.from(Buffer.from(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
}
