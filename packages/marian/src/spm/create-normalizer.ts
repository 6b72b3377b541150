import { createCharsmap } from "./charsmap.js";
import type { SentencePieceModel } from "./read-sentence-piece-model.js";

const space = "▁";

/**
 * SentencePiece's normaliser (`Normalizer::Normalize`): the model's character map, then white space: leading, trailing
 * and repeated spaces removed, one put in front, all written as `▁`, each as the model says.
 */
export function createNormalizer({ normalizer }: SentencePieceModel): (text: string) => string {
  const charsmap = createCharsmap(normalizer.charsmap);
  const { addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces } = normalizer;
  const spaceSymbol = escapeWhitespaces ? space : " ";
  return (text) => {
    const utf8 = Buffer.from(text);
    let at = 0;
    if (removeExtraWhitespaces) {
      while (at < utf8.length) {
        const { text: piece, bytes } = charsmap(utf8, at);
        if (piece !== " ") break;
        at += bytes;
      }
    }
    if (at >= utf8.length) return "";
    let normalized = addDummyPrefix ? spaceSymbol : "";
    let afterSpace = removeExtraWhitespaces;
    while (at < utf8.length) {
      const { text: prefix, bytes } = charsmap(utf8, at);
      const piece = afterSpace ? prefix.replace(/^ +/, "") : prefix;
      if (piece !== "") {
        normalized += escapeWhitespaces ? piece.replaceAll(" ", space) : piece;
        afterSpace = removeExtraWhitespaces && piece.endsWith(" ");
      }
      at += bytes;
    }
    if (!removeExtraWhitespaces) return normalized;
    while (normalized.endsWith(spaceSymbol)) normalized = normalized.slice(0, -spaceSymbol.length);
    return normalized;
  };
}
