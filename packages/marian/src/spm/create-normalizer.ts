import { PieceTrie } from "./piece-trie.js";
import { pieceType, type SentencePieceModel } from "./read-sentence-piece-model.js";

const space = "▁";
const spaceByte = 0x20;

/**
 * SentencePiece's normaliser (`Normalizer::Normalize`): the model's character map, from which the user's own symbols are exempt, then white
 * space: leading, trailing and repeated spaces removed, one put in front, all written as `▁`, each as the model says.
 */
export function createNormalizer({ normalizer, pieces }: SentencePieceModel): (text: string) => string {
  const { normalizePrefix, isPlain } = normalizer.charsmap;
  const { addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces } = normalizer;
  const spaceSymbol = escapeWhitespaces ? space : " ";
  const matchSymbol = createSymbolMatcher(pieces);
  return (text) => {
    const utf8 = Buffer.from(text);
    const next = (at: number): { text: string; bytes: number } =>
      matchSymbol(utf8, at) ?? normalizePrefix(utf8, at);
    let at = 0;
    if (removeExtraWhitespaces) {
      while (at < utf8.length) {
        const { text: piece, bytes } = next(at);
        if (piece !== " ") break;
        at += bytes;
      }
    }
    if (at >= utf8.length) return "";
    let normalized = addDummyPrefix ? spaceSymbol : "";
    let afterSpace = removeExtraWhitespaces;
    while (at < utf8.length) {
      // Most of a caption is letters that stand for themselves.
      const start = at;
      while (
        at < utf8.length &&
        utf8[at] !== spaceByte &&
        isPlain(utf8, at) &&
        matchSymbol(utf8, at) === undefined
      )
        at += 1;
      if (at > start) {
        normalized += utf8.toString("latin1", start, at);
        afterSpace = false;
        continue;
      }
      const { text: prefix, bytes } = next(at);
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

type Matcher = (utf8: Uint8Array, at: number) => { text: string; bytes: number } | undefined;

/** Finds the longest of the user's symbols at a place. They are few, and most models have none. */
function createSymbolMatcher(pieces: SentencePieceModel["pieces"]): Matcher {
  const symbols = new PieceTrie();
  let some = false;
  for (const [index, { text, type }] of pieces.entries()) {
    if (type !== pieceType.userDefined || text === "") continue;
    // Byte by byte, as the text is walked.
    symbols.add(Buffer.from(text).toString("latin1"), index);
    some = true;
  }
  if (!some) return () => undefined;
  return (utf8, at) => {
    let node = PieceTrie.root;
    let found: { text: string; bytes: number } | undefined;
    for (let end = at; end < utf8.length; end += 1) {
      node = symbols.child(node, utf8[end] ?? 0);
      if (node === -1) break;
      const piece = pieces[symbols.piece(node)];
      if (piece !== undefined) found = { text: piece.text, bytes: end + 1 - at };
    }
    return found;
  };
}
