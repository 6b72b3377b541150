import type { SummedScore } from "../metrics/summed-score.js";
import { Pcg64 } from "../random/pcg64.js";
import { groupScores } from "./group-scores.js";

export interface ResampleOptions {
  /** @default 1000 */
  resamples?: number;
  /** @default 12345 */
  seed?: number;
}

export const defaultResamples = 1000;
export const defaultSeed = 12_345;

/**
 * Each score of `resamples` choices of as many segments as there are, drawn with replacement: the choices that sacrebleu draws with numpy, the
 * same for every score. sacrebleu computes them in float32, and so does this.
 *
 * @param scores of the same segments
 * @returns [scores][resamples]
 */
export function resample(
  scores: readonly SummedScore[],
  { resamples = defaultResamples, seed = defaultSeed }: ResampleOptions = {},
): Float64Array[] {
  const segments = scores[0]?.segments ?? 0;
  if (scores.some((score) => score.segments !== segments))
    throw new RangeError("scores of different segments cannot be resampled together");
  const results = scores.map(() => new Float64Array(resamples));
  if (segments === 0) return results;
  const random = new Pcg64(seed);
  const times = new Uint32Array(segments);
  const groups = groupScores(scores);
  for (let sample = 0; sample < resamples; sample += 1) {
    times.fill(0);
    for (let draw = 0; draw < segments; draw += 1) {
      const segment = random.below(segments);
      times[segment] = (times[segment] ?? 0) + 1;
    }
    for (const group of groups) {
      const first = scores[group[0] ?? 0];
      if (first === undefined) continue;
      const sums = weighedSums(first, times);
      for (const place of group) {
        const result = results[place];
        if (result !== undefined) result[sample] = scores[place]?.of(sums, Math.fround) ?? 0;
      }
    }
  }
  return results;
}

function weighedSums({ segments, width, statistics }: SummedScore, times: Uint32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let segment = 0; segment < segments; segment += 1) {
    const weight = times[segment] ?? 0;
    if (weight === 0) continue;
    const start = segment * width;
    for (let place = 0; place < width; place += 1)
      sums[place] = (sums[place] ?? 0) + weight * (statistics[start + place] ?? 0);
  }
  return sums;
}
