import TinyQueue from "tinyqueue";

import type { Split } from "./create-encoder.js";
import { PieceTrie } from "./piece-trie.js";
import { pieceType, type SentencePieceModel } from "./read-sentence-piece-model.js";

/** A run of the text; runs that were merged into the one before are empty. */
interface Run {
  text: string;
  previous: number;
  next: number;
  /** A symbol of the user's is merged with nothing. */
  frozen: boolean;
}

/** Two neighbours that together are a piece. */
interface Pair {
  left: number;
  right: number;
  score: number;
  length: number;
}

/**
 * Merges neighbours, the pair of the best score first and of equal ones the leftmost, as `bpe::Model::SampleEncode` does without
 * sampling; pieces that the model marks unused are taken apart again.
 *
 * @returns a function from normalised text to its parts
 */
export function createBpeSplitter({ pieces }: SentencePieceModel): (text: string) => Split[] {
  const mergeable = new Map<string, { score: number; unused: boolean }>();
  const symbols = new PieceTrie();
  for (const [index, { text, score, type }] of pieces.entries()) {
    if (type === pieceType.userDefined) symbols.add(text, index);
    if (type === pieceType.normal || type === pieceType.userDefined || type === pieceType.unused)
      mergeable.set(text, { score, unused: type === pieceType.unused });
  }

  return (text) => {
    const runs = cut(text, symbols);
    const queue = new TinyQueue<Pair>([], (a, b) => b.score - a.score || a.left - b.left);
    /** What an unused piece was made of. */
    const halves = new Map<string, [string, string]>();
    const offer = (left: number, right: number): void => {
      const [a, b] = [runs[left], runs[right]];
      if (a === undefined || b === undefined || a.frozen || b.frozen) return;
      const merged = a.text + b.text;
      const piece = mergeable.get(merged);
      if (piece === undefined) return;
      queue.push({ left, right, score: piece.score, length: merged.length });
      if (piece.unused) halves.set(merged, [a.text, b.text]);
    };
    for (let index = 1; index < runs.length; index += 1) offer(index - 1, index);
    for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
      const [left, right] = [runs[pair.left], runs[pair.right]];
      if (left === undefined || right === undefined || left.text === "" || right.text === "") continue;
      if (left.text.length + right.text.length !== pair.length) continue;
      left.text += right.text;
      left.next = right.next;
      const after = runs[right.next];
      if (after !== undefined) after.previous = pair.left;
      right.text = "";
      offer(left.previous, pair.left);
      offer(pair.left, left.next);
    }
    const parts: Split[] = [];
    const put = (part: string): void => {
      const piece = mergeable.get(part);
      const pair = piece?.unused === true ? halves.get(part) : undefined;
      if (pair === undefined) parts.push({ text: part, unknown: piece === undefined });
      else pair.forEach(put);
    };
    for (const run of runs) if (run.text !== "") put(run.text);
    return parts;
  };
}

/** The characters of a text, with the user's symbols whole. */
function cut(text: string, symbols: PieceTrie): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < text.length;) {
    const symbol = symbols.longestAt(text, at);
    const length = symbol > 0 ? symbol : (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    const index = runs.length;
    runs.push({
      text: text.slice(at, at + length),
      previous: index - 1,
      next: index + 1,
      frozen: symbol > 0,
    });
    at += length;
  }
  return runs;
}
