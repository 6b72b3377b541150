import { exact, type Round, type SummedScore } from "../metrics/summed-score.js";
import { resample, type ResampleOptions } from "./resample.js";

/** Between which values 95 % of a score's resamples lie. */
export interface Interval {
  /** Mean of the resamples, which sacrebleu calls μ. */
  mean: number;
  /** Half the way from `low` to `high`, which sacrebleu prints behind ±. */
  margin: number;
  low: number;
  high: number;
}

/**
 * 95 % confidence intervals by bootstrap resampling (Koehn 2004), as sacrebleu computes them.
 *
 * @param scores of the same segments
 * @returns one for each score
 */
export function bootstrap(scores: readonly SummedScore[], options: ResampleOptions = {}): Interval[] {
  return resample(scores, options).map((values, place) => interval(values, scores[place]?.resampled));
}

/**
 * @param values of the resamples
 * @param meanOf how their mean is taken, which shows in the last digits of numbers in float32. @default as exactly as can be
 */
export function interval(
  values: Float64Array,
  round: Round = exact,
  meanOf: (values: Float64Array, round: Round) => number = exactMean,
): Interval {
  const sorted = values.toSorted();
  const cut = Math.floor(sorted.length / 40);
  const [low = 0, high = 0] = [sorted[cut], sorted[sorted.length - cut - 1]];
  return { mean: meanOf(sorted, round), margin: round(0.5 * round(high - low)), low, high };
}

function exactMean(values: Float64Array, round: Round): number {
  return round(values.reduce((sum, value) => sum + value, 0) / values.length);
}
