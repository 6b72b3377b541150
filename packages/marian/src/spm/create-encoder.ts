import { createNormalizer } from "./create-normalizer.js";
import { pieceType, type SentencePieceModel } from "./read-sentence-piece-model.js";

/** What an unknown character costs beyond the least likely piece; a constant of SentencePiece. */
const unknownPenalty = 10;

interface TrieNode {
  children: Map<number, TrieNode>;
  /** Piece that ends here, or -1. */
  piece: number;
}

/** Best way to reach a place in the text. */
interface Path {
  score: number;
  /** Where its last piece starts; -1 while nothing reaches here. */
  start: number;
  /** -1 for a character that no piece covers. */
  piece: number;
}

/**
 * Splits text into pieces exactly as SentencePiece's unigram model does: the most likely split, in float32, with its
 * handling of unknown characters (adjacent ones become one piece) and of user-defined symbols.
 *
 * @returns a function from text to pieces
 */
export function createEncoder(model: SentencePieceModel): (text: string) => string[] {
  const normalize = createNormalizer(model);
  const root = buildTrie(model);
  const scores = model.pieces.filter((piece) => piece.type === pieceType.normal).map((piece) => piece.score);
  const unknownScore = Math.fround(scores.reduce((a, b) => Math.min(a, b), 0) - unknownPenalty);
  const maxScore = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return (text) => {
    const normalized = normalize(text);
    const paths = bestPaths(normalized, model, root, unknownScore, maxScore);
    return backtrack(normalized, paths, model);
  };
}

function buildTrie({ pieces }: SentencePieceModel): TrieNode {
  const root: TrieNode = { children: new Map(), piece: -1 };
  const usable = new Set<number>([pieceType.normal, pieceType.userDefined]);
  pieces.forEach(({ text, type }, index) => {
    if (!usable.has(type) || text === "") return;
    let node = root;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      let next = node.children.get(unit);
      if (next === undefined) node.children.set(unit, (next = { children: new Map(), piece: -1 }));
      node = next;
    }
    node.piece = index;
  });
  return root;
}

function bestPaths(
  text: string,
  { pieces }: SentencePieceModel,
  root: TrieNode,
  unknownScore: number,
  maxScore: number,
): Path[] {
  const paths = Array.from({ length: text.length + 1 }, (): Path => ({ score: 0, start: -1, piece: -1 }));
  const offer = (end: number, start: number, piece: number, score: number): void => {
    const target = paths[end];
    if (target !== undefined && (target.start === -1 || score > target.score))
      Object.assign(target, { score, start, piece });
  };
  for (let start = 0; start < text.length;) {
    const here = paths[start]?.score ?? 0;
    const characterLength = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
    let covered = false;
    let node = root.children.get(text.charCodeAt(start));
    for (let end = start + 1; node !== undefined; end += 1) {
      const found = node.piece === -1 ? undefined : pieces[node.piece];
      if (found !== undefined) {
        const score =
          found.type === pieceType.userDefined
            ? Math.fround(Buffer.byteLength(found.text) * maxScore - 0.1)
            : found.score;
        offer(end, start, node.piece, Math.fround(score + here));
        covered ||= end - start === characterLength;
      }
      node = end < text.length ? node.children.get(text.charCodeAt(end)) : undefined;
    }
    if (!covered) offer(start + characterLength, start, -1, Math.fround(unknownScore + here));
    start += characterLength;
  }
  return paths;
}

function backtrack(text: string, paths: readonly Path[], model: SentencePieceModel): string[] {
  const pieces: { text: string; unknown: boolean }[] = [];
  for (let end = text.length; end > 0;) {
    const { start, piece } = paths[end] ?? { start: 0, piece: -1 };
    pieces.push({ text: text.slice(start, end), unknown: piece === -1 });
    end = start;
  }
  pieces.reverse();
  if (model.byteFallback)
    return pieces.flatMap((piece) => (piece.unknown ? toBytes(piece.text) : [piece.text]));
  const merged: typeof pieces = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.unknown === true && piece.unknown) last.text += piece.text;
    else merged.push(piece);
  }
  return merged.map((piece) => piece.text);
}

function toBytes(text: string): string[] {
  return Array.from(Buffer.from(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
}
