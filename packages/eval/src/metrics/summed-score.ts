/** Rounds a number to the precision that is computed in. */
export type Round = (value: number) => number;

export const exact: Round = (value) => value;

/**
 * A score of a corpus that is a function of sums over its segments. It can be computed anew for any choice of segments without looking at
 * their texts again.
 */
export interface SummedScore {
  segments: number;
  /** Numbers of each segment. */
  width: number;
  /** [segments, width] */
  statistics: Float64Array;
  /**
   * @param sums over segments, `width` of them
   * @param round what sacrebleu rounds to while it computes: float32 for resamples
   */
  of: (sums: ArrayLike<number>, round?: Round) => number;
  /** How scores of resamples are rounded once they are computed: sacrebleu has some in float32. @default exact */
  resampled?: Round;
}

/** The sums over all segments. */
export function sumStatistics({ segments, width, statistics }: SummedScore): Float64Array {
  const sums = new Float64Array(width);
  for (let segment = 0; segment < segments; segment += 1)
    for (let place = 0; place < width; place += 1)
      sums[place] = (sums[place] ?? 0) + (statistics[segment * width + place] ?? 0);
  return sums;
}

/** The mean of a number for each segment, as a score. */
export function meanScore(values: Float64Array): SummedScore {
  return {
    segments: values.length,
    width: 1,
    statistics: values,
    of: (sums) => (sums[0] ?? 0) / Math.max(values.length, 1),
  };
}

/** @throws RangeError when the numbers of hypotheses and references differ, or a hypothesis has no reference */
export function checkSegments(
  hypotheses: readonly unknown[],
  references: readonly (readonly unknown[])[],
): void {
  if (hypotheses.length !== references.length)
    throw new RangeError(`${hypotheses.length} hypotheses, but references for ${references.length}`);
  const bare = references.findIndex((each) => each.length === 0);
  if (bare !== -1) throw new RangeError(`hypothesis ${bare} has no reference`);
}
