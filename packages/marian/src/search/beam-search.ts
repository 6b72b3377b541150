import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

/** Worse than any real score; the reference uses the same. */
const never = -1e9;

/**
 * Beam search as Hugging Face transformers ≥ 5 does it (`GenerationMixin._beam_search`), for one sentence, in float32.
 *
 * Of the best 2k continuations the first k that do not end go on. One that ends counts only among the first k; its score is
 * divided by (length − start token)^lengthPenalty. A sentence is done when k are held and `earlyStopping` is true, or when
 * no beam could still beat the worst held: judged by the present length, with "never" by the longest.
 */
export class BeamSearch implements SentenceSearch {
  readonly #options: SearchOptions;
  readonly #endId: number;
  #beams: Hypothesis[] = [{ tokens: [], score: 0 }];
  #held: Hypothesis[] = [];
  #done = false;

  constructor(options: SearchOptions, endId: number) {
    this.#options = options;
    this.#endId = endId;
  }

  get beams(): readonly Hypothesis[] {
    return this.#beams;
  }

  get done(): boolean {
    return this.#done;
  }

  advance(candidates: readonly Continuation[]): Continuation[] {
    const { beams: k, maxLength, earlyStopping } = this.#options;
    // With the start token.
    const length = (this.#beams[0]?.tokens.length ?? 0) + 2;
    const ends = ({ token }: Continuation): boolean => token === this.#endId || length >= maxLength;
    for (const candidate of candidates.slice(0, k)) if (ends(candidate)) this.#hold(candidate, length);
    const next = [...candidates.filter((candidate) => !ends(candidate)), ...candidates.filter(ends)].slice(
      0,
      k,
    );
    const allEnd = candidates.every(ends);
    this.#beams = next.map((continuation) => ({
      tokens: this.#extended(continuation),
      score: ends(continuation) ? Math.fround(continuation.score + never) : continuation.score,
    }));
    const full = this.#held.length === k;
    this.#done = allEnd || (full && (earlyStopping === true || !this.#canImprove(length)));
    return next;
  }

  found(): readonly Hypothesis[] {
    return this.#held.length > 0 ? this.#held : this.#beams.slice(0, 1);
  }

  #hold(candidate: Continuation, length: number): void {
    const score = this.#normalized(candidate.score, length);
    const held = [...this.#held, { tokens: this.#extended(candidate), score }];
    // A stable sort: of equal scores the earlier one stays.
    this.#held = held.sort((a, b) => b.score - a.score).slice(0, this.#options.beams);
  }

  #canImprove(length: number): boolean {
    const { earlyStopping, lengthPenalty, maxLength } = this.#options;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? maxLength : length;
    const best = this.#normalized(this.#beams[0]?.score ?? never, reach);
    return best > (this.#held.at(-1)?.score ?? never);
  }

  /** @param length with the start token */
  #normalized(score: number, length: number): number {
    return Math.fround(score / (length - 1) ** this.#options.lengthPenalty);
  }

  #extended({ beam, token }: Continuation): number[] {
    return [...(this.#beams[beam]?.tokens ?? []), token];
  }
}
