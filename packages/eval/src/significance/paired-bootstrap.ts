import { exact, type SummedScore, sumStatistics } from "../metrics/summed-score.js";
import { type Interval, interval } from "./bootstrap.js";
import { numpyMean } from "./numpy-mean.js";
import { resample, type ResampleOptions } from "./resample.js";
import { pValue } from "./p-value.js";

/** A system's score beside a baseline's. */
export interface PairedBootstrap {
  /** The system's score. */
  score: number;
  /** How likely at least this difference is to come about by chance. */
  p: number;
  /** Of the system's score. */
  interval: Interval;
  /** 95 % of the differences system − baseline lie between these. */
  difference: Interval;
}

/**
 * Paired bootstrap resampling of two systems (Koehn 2004) as sacrebleu computes it: both are scored on the same resamples.
 *
 * @param baseline scores of the system that is compared with
 * @param system the same scores of the other system, on the same segments
 */
export function pairedBootstrap(
  baseline: readonly SummedScore[],
  system: readonly SummedScore[],
  options: ResampleOptions = {},
): PairedBootstrap[] {
  const resampled = resample([...system, ...baseline], options);
  return system.map((score, place) => {
    const other = baseline[place];
    const [values, otherValues] = [resampled[place], resampled[system.length + place]];
    if (other === undefined || values === undefined || otherValues === undefined)
      throw new RangeError("two systems are compared by the same scores");
    const round = score.resampled ?? exact;
    const [result, otherResult] = [score.of(sumStatistics(score)), other.of(sumStatistics(other))];
    const differences = values.map((value, sample) => round(value - (otherValues[sample] ?? 0)));
    const sizes = differences.map(Math.abs);
    const mean = numpyMean(sizes, round);
    return {
      score: result,
      p: pValue(
        sizes.map((size) => round(size - mean)),
        round(Math.abs(otherResult - result)),
      ),
      interval: interval(values, round, numpyMean),
      difference: interval(differences, round, numpyMean),
    };
  });
}
