/** How a translation is looked for. */
export interface SearchOptions {
  /** Beams; 1 is greedy. */
  beams: number;
  /** Whose rules beams follow: transformers' PyTorch models', or its Flax models', see `FlaxBeamSearch`. */
  rules: "hf" | "hf-flax";
  /** Longest sequence in tokens, the decoder's start token and `</s>` included. */
  maxLength: number;
  earlyStopping: boolean | "never";
  /** Scores are divided by length to this power. */
  lengthPenalty: number;
  /** No run of so many tokens comes twice in a translation; 0 allows all. The decoder's start token counts as one. */
  noRepeatNgramSize: number;
  /** Shortest sequence in tokens, the decoder's start token included: `</s>` does not come before. */
  minLength: number;
}

/** A way to go on from one of a sentence's beams. */
export interface Continuation {
  beam: number;
  token: number;
  /** Sum of log probabilities, this token's included. */
  score: number;
}

export interface Hypothesis {
  /** Tokens without the start token. */
  tokens: number[];
  score: number;
}

/** The search for one sentence: told the best continuations of its beams at every step, it says which beams go on. */
export interface SentenceSearch {
  /** Beams under way. */
  readonly beams: readonly Hypothesis[];
  readonly done: boolean;
  /** @param candidates best first */
  advance: (candidates: readonly Continuation[]) => Continuation[];
  /** What has been found, best first; the best beam under way where nothing has ended. */
  found: () => readonly Hypothesis[];
}
