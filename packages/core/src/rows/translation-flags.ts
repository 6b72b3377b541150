/** Signs of a poor translation, in the order in which a row lists them. */
export const translationFlags = [
  /** Nothing was translated: the words are those of the source. */
  "copied",
  /** The same words, or letters, again and again. */
  "loop",
  /** Far shorter or longer than its source. */
  "length",
  /** A number of the source is missing. */
  "numbers",
  /** A name of the source is missing. */
  "names",
  /** There is no translation of a source that is not empty. */
  "empty",
  /** The source was cut before it was translated. */
  "source_truncated",
  /** The translation reached the longest length allowed. */
  "target_truncated",
  /** The vocabulary does not know some of the source. */
  "unknown_pieces",
] as const;

export type TranslationFlag = (typeof translationFlags)[number];
