import type { Vocabulary } from "@leyenda/marian/search";

/** A word of a caption, and where in the picture the model looked while it wrote it. */
export interface AttendedWord {
  text: string;
  /**
   * Shares of the picture's patches, row by row: `grid` × `grid` of the square in its middle, mean over the word's tokens. What is missing
   * to 1 was looked at in no place, but in the token of the whole picture.
   */
  places: number[];
}

/**
 * Puts the tokens of a caption together to words, and what they were written at with them.
 *
 * @param ids the caption's tokens
 * @param shares of each token, see `PixelCaptioner.attend`
 */
export function attendedWords(
  ids: readonly number[],
  shares: readonly Float32Array[],
  vocabulary: Vocabulary,
): AttendedWord[] {
  const words: { text: string; tokens: Float32Array[] }[] = [];
  for (const [at, id] of ids.entries()) {
    const piece = vocabulary.piece(id);
    const share = shares[at];
    if (piece === "" || share === undefined) continue;
    const last = words.at(-1);
    if (last === undefined || piece.startsWith("▁")) words.push({ text: piece, tokens: [share] });
    else {
      last.text += piece;
      last.tokens.push(share);
    }
  }
  return words
    .map(({ text, tokens }) => ({ text: text.replaceAll("▁", " ").trim(), places: meanOf(tokens) }))
    .filter(({ text }) => text !== "");
}

/** Of the places alone: the class token stands in front. */
function meanOf(tokens: readonly Float32Array[]): number[] {
  const [first = new Float32Array()] = tokens;
  return Array.from(
    first.subarray(1),
    (_, place) => tokens.reduce((sum, shares) => sum + (shares[place + 1] ?? 0), 0) / tokens.length,
  );
}
