import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

/** What beam search keeps of a sentence by either rules: the beams under way, and the best that have ended. */
export abstract class BaseBeamSearch implements SentenceSearch {
  protected readonly options: SearchOptions;
  protected readonly endId: number;
  #beams: readonly Hypothesis[] = [{ tokens: [], score: 0 }];
  #held: readonly Hypothesis[] = [];
  #done = false;

  constructor(options: SearchOptions, endId: number) {
    this.options = options;
    this.endId = endId;
  }

  get beams(): readonly Hypothesis[] {
    return this.#beams;
  }

  get done(): boolean {
    return this.#done;
  }

  abstract advance(candidates: readonly Continuation[]): Continuation[];

  abstract found(): readonly Hypothesis[];

  /** Those that have ended, best first, at most as many as there are beams. */
  protected get held(): readonly Hypothesis[] {
    return this.#held;
  }

  protected get isFull(): boolean {
    return this.#held.length === this.options.beams;
  }

  protected hold(ended: readonly Hypothesis[]): void {
    // A stable sort: of equal scores the earlier one stays.
    this.#held = [...this.#held, ...ended].sort((a, b) => b.score - a.score).slice(0, this.options.beams);
  }

  protected goOn(beams: readonly Hypothesis[]): void {
    this.#beams = beams;
  }

  protected finishIf(done: boolean): void {
    this.#done = done;
  }

  protected extended({ beam, token }: Continuation): number[] {
    return [...(this.#beams[beam]?.tokens ?? []), token];
  }
}
