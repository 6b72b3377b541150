/** Captions to be scored, in the order of their references. */
export interface CaptionSet {
  hypotheses: readonly string[];
  /** Of each caption, one or more. */
  references: readonly (readonly string[])[];
  /**
   * References as a model's tokenizer gives them back, cut to its longest: BLEU-1 to BLEU-4 of the original are taken against these.
   *
   * @default references
   */
  labels?: readonly (readonly string[])[];
}
