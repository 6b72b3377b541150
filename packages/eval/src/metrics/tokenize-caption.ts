/**
 * Words with their inner hyphens, apostrophes and middle dots (`semi-desnudo`, `O'Brien`, `col·lecció`), and numbers with inner points and
 * commas. Everything else, punctuation above all, is left out.
 */
const word = /\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{M}\p{N}]+(?:['’·-][\p{L}\p{M}\p{N}]+)*/gu;

/**
 * Tokens of a Spanish caption for ROUGE-L, CIDEr-D, distinct-n and lengths: lower case, composed characters, no punctuation.
 *
 * COCO's scripts use the English Penn Treebank tokenizer, lower case, without punctuation; it leaves `¿` and `¡` on the words and takes
 * apart what looks like an English contraction.
 */
export function tokenizeCaption(text: string): string[] {
  return text.normalize("NFC").toLowerCase().match(word) ?? [];
}
