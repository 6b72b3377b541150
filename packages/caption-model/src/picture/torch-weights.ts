/** Four taps for each output pixel of a run along one axis. */
export interface CubicTaps {
  /** Source pixels, four an output pixel, held inside the picture. */
  sources: Int32Array;
  /** Their weights, in float32. */
  weights: Float32Array;
}

/**
 * PyTorch's bicubic weights without antialiasing (cubic convolution with A = −0.75, `align_corners=false`), for the output
 * pixels `first … first + count − 1` of an axis resized from `from` to `to` pixels.
 *
 * Source: `area_pixel_compute_source_index` and `get_cubic_upsample_coefficients` in ATen's UpSample.h, in float32. Where
 * PyTorch's AVX2 and AVX-512 builds fuse a product into a sum there is one rounding here, elsewhere two: found by comparing
 * weights, and worth it since a coordinate's last bit decides which way a value near … .5 is rounded.
 */
export function torchWeights(options: { from: number; to: number; first: number; count: number }): CubicTaps {
  const { from, to, first, count } = options;
  const scale = f32(from / to);
  const sources = new Int32Array(count * 4);
  const weights = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const position = f32(scale * (first + i + 0.5) - 0.5);
    const before = Math.floor(position);
    const t = f32(position - before);
    const rest = f32(1 - t);
    weights.set([far(f32(t + 1)), near(t), near(rest), far(f32(rest + 1))], i * 4);
    for (let tap = 0; tap < 4; tap++) {
      sources[i * 4 + tap] = Math.min(Math.max(before - 1 + tap, 0), from - 1);
    }
  }
  return { sources, weights };
}

const f32 = Math.fround;
const a = -0.75;

/** The kernel where |x| ≤ 1. */
function near(x: number): number {
  return f32(f32(f32(f32((a + 2) * x - (a + 3)) * x) * x) + 1);
}

/** The kernel where 1 < |x| < 2. */
function far(x: number): number {
  return f32(f32(f32(f32(a * x - 5 * a) * x + 8 * a) * x) - 4 * a);
}
