import type { Split } from "./create-encoder.js";
import { PieceTrie } from "./piece-trie.js";
import { pieceType, type SentencePieceModel } from "./read-sentence-piece-model.js";

/** What an unknown character values beyond the least likely piece; a constant of SentencePiece. */
const unknownPenalty = 10;

/** Longest text for which room is kept between calls. */
const keptLength = 4096;

/**
 * The most likely split (`unigram::Model::EncodeOptimized`): sums are float32, as in the C++, and of equal ones the first stays.
 *
 * @returns a function from normalised text to its parts
 */
export function createUnigramSplitter({ pieces }: SentencePieceModel): (text: string) => Split[] {
  const trie = new PieceTrie();
  const values = new Float64Array(pieces.length);
  let smallest = 0;
  for (const { score, type } of pieces) if (type === pieceType.normal) smallest = Math.min(smallest, score);
  for (const [index, { text, score, type }] of pieces.entries()) {
    if (text === "" || (type !== pieceType.normal && type !== pieceType.userDefined)) continue;
    trie.add(text, index);
    // A symbol of the user's is worth more than any split of it; measured in SentencePiece 0.2.3 (older ones differ).
    const bonus = (Buffer.byteLength(text) - 1) * 0.1;
    values[index] = type === pieceType.userDefined ? bonus : score;
  }
  const unknownScore = Math.fround(smallest - unknownPenalty);
  const room = createRoom(keptLength);

  return (text) => {
    const { scores, starts, found } = text.length <= keptLength ? room : createRoom(text.length);
    starts.fill(-1, 0, text.length + 1);
    scores[0] = 0;
    for (let start = 0; start < text.length;) {
      const here = scores[start] ?? 0;
      const unit = text.charCodeAt(start);
      const characterLength = isLeadSurrogate(unit) && start + 1 < text.length ? 2 : 1;
      let covered = false;
      let node = trie.child(PieceTrie.root, unit);
      for (let end = start + 1; node !== -1; end += 1) {
        const piece = trie.piece(node);
        if (piece !== -1) {
          const score = Math.fround((values[piece] ?? 0) + here);
          if (starts[end] === -1 || score > (scores[end] ?? 0)) {
            scores[end] = score;
            starts[end] = start;
            found[end] = piece;
          }
          covered ||= end - start === characterLength;
        }
        node = end < text.length ? trie.child(node, text.charCodeAt(end)) : -1;
      }
      if (!covered) {
        const end = start + characterLength;
        const score = Math.fround(unknownScore + here);
        if (starts[end] === -1 || score > (scores[end] ?? 0)) {
          scores[end] = score;
          starts[end] = start;
          found[end] = -1;
        }
      }
      start += characterLength;
    }
    const parts: Split[] = [];
    for (let end = text.length; end > 0;) {
      const start = starts[end] ?? 0;
      const piece = pieces[found[end] ?? -1];
      parts.push(
        piece === undefined
          ? { text: text.slice(start, end), unknown: true }
          : { text: piece.text, unknown: false },
      );
      end = start;
    }
    return parts.reverse();
  };
}

/** For each place in the text: the best score to reach it, where its last piece starts, and which it is (-1: unknown). */
function createRoom(length: number): { scores: Float32Array; starts: Int32Array; found: Int32Array } {
  return {
    scores: new Float32Array(length + 1),
    starts: new Int32Array(length + 1),
    found: new Int32Array(length + 1),
  };
}

function isLeadSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
