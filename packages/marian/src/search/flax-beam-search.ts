import { BaseBeamSearch } from "./base-beam-search.js";
import type { Continuation, Hypothesis } from "./sentence-search.js";

/** What the reference takes away from scores that may not win, and starts from. */
const never = -1e7;

/**
 * Beam search as transformers' Flax models do it (`FlaxGenerationMixin._beam_search`, 4.30), for a batch of this one sentence, in float32.
 *
 * Other than PyTorch's (`BeamSearch`): one that ends counts anywhere among the best 2k; its score is divided by (length without the
 * token just added, the start token included)^lengthPenalty; and where nothing ended, the beams under way are found, with plain sums.
 */
export class FlaxBeamSearch extends BaseBeamSearch {
  override advance(candidates: readonly Continuation[]): Continuation[] {
    const { beams: k, maxLength, earlyStopping } = this.options;
    // With the start token, before this step's.
    const length = (this.beams[0]?.tokens.length ?? 0) + 1;
    const ends = ({ token }: Continuation): boolean => token === this.endId;
    this.hold(
      candidates.filter(ends).map((candidate) => ({
        tokens: this.extended(candidate),
        score: this.#normalized(candidate.score, length),
      })),
    );
    const next = candidates
      .map((candidate) => ({
        candidate,
        score: ends(candidate) ? Math.fround(candidate.score + never) : candidate.score,
      }))
      // A stable sort: of equal scores the earlier one comes first.
      .sort((a, b) => b.score - a.score)
      .slice(0, k);
    this.goOn(next.map(({ candidate, score }) => ({ tokens: this.extended(candidate), score })));
    const stopped = this.isFull && earlyStopping === true;
    this.finishIf(length + 1 >= maxLength || stopped || !this.#canImprove(length + 1));
    return next.map(({ candidate }) => candidate);
  }

  override found(): readonly Hypothesis[] {
    return this.held.length > 0 ? this.held : this.beams;
  }

  #canImprove(length: number): boolean {
    const { earlyStopping, lengthPenalty, maxLength } = this.options;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? maxLength : length;
    const best = this.#normalized(this.beams[0]?.score ?? -Infinity, reach);
    return best > (this.isFull ? (this.held.at(-1)?.score ?? never) : never);
  }

  #normalized(score: number, length: number): number {
    return Math.fround(score / Math.fround(length ** this.options.lengthPenalty));
  }
}
