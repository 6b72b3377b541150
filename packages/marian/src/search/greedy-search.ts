import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

/** Takes the likeliest token at every step, until the end token or the longest length. */
export class GreedySearch implements SentenceSearch {
  readonly #maxLength: number;
  readonly #endId: number;
  #beam: Hypothesis = { tokens: [], score: 0 };
  #done = false;

  constructor({ maxLength }: SearchOptions, endId: number) {
    this.#maxLength = maxLength;
    this.#endId = endId;
  }

  get beams(): readonly Hypothesis[] {
    return [this.#beam];
  }

  get done(): boolean {
    return this.#done;
  }

  advance([first]: readonly Continuation[]): Continuation[] {
    if (first === undefined) throw new Error("no continuation");
    this.#beam = { tokens: [...this.#beam.tokens, first.token], score: first.score };
    this.#done = first.token === this.#endId || this.#beam.tokens.length + 1 >= this.#maxLength;
    return [first];
  }

  found(): readonly Hypothesis[] {
    return [this.#beam];
  }
}
