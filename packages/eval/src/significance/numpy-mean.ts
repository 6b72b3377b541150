import type { Round } from "../metrics/summed-score.js";

/** `numpy.mean`: sums in pairs of blocks, each step rounded as the numbers' type is. */
export function numpyMean(values: Float64Array, round: Round): number {
  return round(pairwiseSum(values, round) / values.length);
}

function pairwiseSum(values: Float64Array, round: Round): number {
  const { length } = values;
  if (length < 8) return values.reduce((sum, value) => round(sum + value), 0);
  if (length > 128) {
    const half = Math.floor(length / 2);
    const border = half - (half % 8);
    return round(
      pairwiseSum(values.subarray(0, border), round) + pairwiseSum(values.subarray(border), round),
    );
  }
  const lanes = values.slice(0, 8);
  const whole = length - (length % 8);
  for (let place = 8; place < whole; place += 1)
    lanes[place % 8] = round((lanes[place % 8] ?? 0) + (values[place] ?? 0));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
  const sum = round(round(round(a + b) + round(c + d)) + round(round(e + f) + round(g + h)));
  return values.subarray(whole).reduce((all, value) => round(all + value), sum);
}
