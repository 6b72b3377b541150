import type { SummedScore } from "../metrics/summed-score.js";
import { Pcg64 } from "../random/pcg64.js";
import { joinColumns } from "./join-columns.js";

export interface ResampleOptions {
  /** @default 1000 */
  resamples?: number;
  /** From 0 to 2^32 − 1. @default 12345 */
  seed?: number;
}

export const defaultResamples = 1000;
export const defaultSeed = 12_345;

/** Resamples that are summed together: so many sums stay in the processor's nearest memory. */
const block = 16;

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
  const { matrix, width, places } = joinColumns(
    segments,
    scores.map(({ statistics, width: of }) => ({ values: statistics, width: of })),
  );
  const times = new Uint32Array(block * segments);
  const sums = new Float64Array(block * width);
  for (let first = 0; first < resamples; first += block) {
    const count = Math.min(block, resamples - first);
    times.fill(0);
    for (let sample = 0; sample < count; sample += 1)
      random.countChoices(times.subarray(sample * segments, (sample + 1) * segments));
    weigh(matrix, width, times, segments, sums);
    for (const [place, score] of scores.entries()) {
      const [columns, result] = [places[place] ?? new Int32Array(), results[place]];
      const its = new Float64Array(columns.length);
      for (let sample = 0; sample < count; sample += 1) {
        for (const [at, column] of columns.entries())
          its[at] = column === -1 ? 0 : (sums[sample * width + column] ?? 0);
        if (result !== undefined) result[first + sample] = score.of(its, Math.fround);
      }
    }
  }
  return results;
}

/** The sum of the matrix's rows, each as often as a sample has it, for a block of samples: sums [block, width]. */
function weigh(
  matrix: Float64Array,
  width: number,
  times: Uint32Array,
  segments: number,
  sums: Float64Array,
): void {
  sums.fill(0);
  for (let segment = 0; segment < segments; segment += 1) {
    const row = segment * width;
    for (let sample = 0; sample < block; sample += 1) {
      const weight = times[sample * segments + segment] ?? 0;
      if (weight === 0) continue;
      const start = sample * width;
      for (let place = 0; place < width; place += 1)
        sums[start + place] = (sums[start + place] ?? 0) + weight * (matrix[row + place] ?? 0);
    }
  }
}
