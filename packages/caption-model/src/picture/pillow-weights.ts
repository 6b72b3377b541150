/** The taps of a run of output pixels along one axis. */
export interface Taps {
  /** First source pixel of each output pixel. */
  starts: Int32Array;
  /** How many source pixels it reads. */
  counts: Int32Array;
  /** `stride` weights for each output pixel, scaled by 2^22. */
  weights: Int32Array;
  stride: number;
}

/** Bits behind the point: 32 less 8 for the pixel and 2 for sign and overshoot. */
export const precisionBits = 22;

/**
 * Pillow's bicubic weights with antialiasing, in its fixed-point form, for the output pixels `first … first + count − 1` of
 * an axis resized from `from` to `to` pixels.
 *
 * Source: `precompute_coeffs` and `normalize_coeffs_8bpc` in Pillow's Resample.c. Every operation is in the same order and
 * precision (double, then truncated to an integer), since equality to the bit depends on it.
 */
export function pillowWeights(options: { from: number; to: number; first: number; count: number }): Taps {
  const { from, to, first, count } = options;
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  const step = 1 / filterScale;

  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const taps = Math.min(Math.trunc(center + support + 0.5), from) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = bicubic((tap + start - center + 0.5) * step);
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap++) {
      const weight = ((exact[tap] ?? 0) / sum) * 2 ** precisionBits;
      weights[i * stride + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    starts[i] = start;
    counts[i] = taps;
  }
  return { starts, counts, weights, stride };
}

/** Cubic convolution with a = −0.5 (Catmull–Rom), zero from |x| = 2 on. */
function bicubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
