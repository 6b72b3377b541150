import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

/** What the reference takes away from scores that may not win, and starts from. */
const never = -1e7;

/**
 * Beam search as transformers' Flax models do it (`FlaxGenerationMixin._beam_search`, 4.30), for a batch of this one sentence, in float32.
 *
 * Other than PyTorch's (`BeamSearch`): one that ends counts anywhere among the best 2k; its score is divided by (length without the
 * token just added, the start token included)^lengthPenalty; and where nothing ended, the beams under way are found, with plain sums.
 */
export class FlaxBeamSearch implements SentenceSearch {
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
    // With the start token, before this step's.
    const length = (this.#beams[0]?.tokens.length ?? 0) + 1;
    const ends = ({ token }: Continuation): boolean => token === this.#endId;
    const extended = ({ beam, token }: Continuation): number[] => [
      ...(this.#beams[beam]?.tokens ?? []),
      token,
    ];
    const ended = candidates.filter(ends).map((candidate) => ({
      tokens: extended(candidate),
      score: this.#normalized(candidate.score, length),
    }));
    // Stable sorts: of equal scores the earlier one comes first.
    this.#held = [...this.#held, ...ended].sort((a, b) => b.score - a.score).slice(0, k);
    const next = candidates
      .map((candidate) => ({
        candidate,
        score: ends(candidate) ? Math.fround(candidate.score + never) : candidate.score,
      }))
      .sort((a, b) => b.score - a.score)
      .slice(0, k);
    this.#beams = next.map(({ candidate, score }) => ({ tokens: extended(candidate), score }));
    const full = this.#held.length === k;
    this.#done =
      length + 1 >= maxLength || (full && earlyStopping === true) || !this.#canImprove(length + 1, full);
    return next.map(({ candidate }) => candidate);
  }

  found(): readonly Hypothesis[] {
    return this.#held.length > 0 ? this.#held : this.#beams;
  }

  #canImprove(length: number, full: boolean): boolean {
    const { earlyStopping, lengthPenalty, maxLength } = this.#options;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? maxLength : length;
    const best = this.#normalized(this.#beams[0]?.score ?? -Infinity, reach);
    return best > (full ? (this.#held.at(-1)?.score ?? never) : never);
  }

  #normalized(score: number, length: number): number {
    return Math.fround(score / Math.fround(length ** this.#options.lengthPenalty));
  }
}
