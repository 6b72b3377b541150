import { BaseBeamSearch } from "./base-beam-search.js";
import type { Continuation, Hypothesis } from "./sentence-search.js";

/** Worse than any real score; the reference uses the same. */
const never = -1e9;

/**
 * Beam search as Hugging Face transformers ≥ 5 does it (`GenerationMixin._beam_search`), for one sentence, in float32.
 *
 * Of the best 2k continuations the first k that do not end go on. One that ends counts only among the first k; its score is
 * divided by (length − start token)^lengthPenalty. A sentence is done when k are held and `earlyStopping` is true, or when
 * no beam could still beat the worst held: judged by the present length, with "never" by the longest.
 */
export class BeamSearch extends BaseBeamSearch {
  override advance(candidates: readonly Continuation[]): Continuation[] {
    const { beams: k, maxLength, earlyStopping } = this.options;
    // With the start token.
    const length = (this.beams[0]?.tokens.length ?? 0) + 2;
    const ends = ({ token }: Continuation): boolean => token === this.endId || length >= maxLength;
    this.hold(
      candidates
        .slice(0, k)
        .filter(ends)
        .map((candidate) => ({
          tokens: this.extended(candidate),
          score: this.#normalized(candidate.score, length),
        })),
    );
    const next = [...candidates.filter((candidate) => !ends(candidate)), ...candidates.filter(ends)].slice(
      0,
      k,
    );
    this.goOn(
      next.map((continuation) => ({
        tokens: this.extended(continuation),
        score: ends(continuation) ? Math.fround(continuation.score + never) : continuation.score,
      })),
    );
    const allEnd = candidates.every(ends);
    this.finishIf(allEnd || (this.isFull && (earlyStopping === true || !this.#canImprove(length))));
    return next;
  }

  override found(): readonly Hypothesis[] {
    return this.held.length > 0 ? this.held : this.beams.slice(0, 1);
  }

  #canImprove(length: number): boolean {
    const { earlyStopping, lengthPenalty, maxLength } = this.options;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? maxLength : length;
    const best = this.#normalized(this.beams[0]?.score ?? never, reach);
    return best > (this.held.at(-1)?.score ?? never);
  }

  /** @param length with the start token */
  #normalized(score: number, length: number): number {
    return Math.fround(score / (length - 1) ** this.options.lengthPenalty);
  }
}
