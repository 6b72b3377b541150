import type { RgbPicture } from "./rgb-picture.js";
import { scaledSize } from "./scaled-size.js";
import { torchWeights, type CubicTaps } from "./torch-weights.js";

/**
 * The centre square of `edge` × `edge` pixels of the picture with its shorter edge resized to `edge`, by bicubic interpolation
 * **without** antialiasing: what torchvision 0.10's `Resize(edge, BICUBIC)` and `CenterCrop(edge)` made of a uint8 tensor, that
 * is, to float32, interpolated, clamped to 0 … 255, rounded half to even, back to uint8, cropped at `round((size − edge) / 2)`.
 *
 * @returns [edge, edge, 3], RGB interleaved
 */
export function resizeLikeTorchvision(picture: RgbPicture, edge: number): Uint8Array {
  const scaled = scaledSize(picture, edge);
  const columns = torchWeights({
    from: picture.width,
    to: scaled.width,
    first: roundHalfToEven((scaled.width - edge) / 2),
    count: edge,
  });
  const rows = torchWeights({
    from: picture.height,
    to: scaled.height,
    first: roundHalfToEven((scaled.height - edge) / 2),
    count: edge,
  });
  const resized = new Map<number, Float32Array>();
  const rowAt = (y: number): Float32Array => {
    let row = resized.get(y);
    if (row === undefined) {
      row = resizeRow(picture, y, columns);
      resized.set(y, row);
    }
    return row;
  };

  const rowLength = edge * 3;
  // Stores round half to even and clamp: just the last two steps.
  const out = new Uint8ClampedArray(edge * rowLength);
  for (let y = 0; y < edge; y++) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((tap) => rowAt(rows.sources[y * 4 + tap] ?? 0));
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = rows.weights.subarray(y * 4, y * 4 + 4);
    for (let i = 0; i < rowLength; i++) {
      out[y * rowLength + i] = dot(r0?.[i] ?? 0, w0, r1?.[i] ?? 0, w1, r2?.[i] ?? 0, w2, r3?.[i] ?? 0, w3);
    }
    // Rows above this one's window are not read again.
    resized.delete((rows.sources[y * 4] ?? 0) - 1);
  }
  return new Uint8Array(out.buffer);
}

/** One row of the picture resampled along its length: [edge, 3]. */
function resizeRow(picture: RgbPicture, y: number, columns: CubicTaps): Float32Array {
  const { data, width } = picture;
  const { sources, weights } = columns;
  const edge = sources.length / 4;
  const out = new Float32Array(edge * 3);
  for (let x = 0; x < edge; x++) {
    const tap = x * 4;
    const p0 = (y * width + (sources[tap] ?? 0)) * 3;
    const p1 = (y * width + (sources[tap + 1] ?? 0)) * 3;
    const p2 = (y * width + (sources[tap + 2] ?? 0)) * 3;
    const p3 = (y * width + (sources[tap + 3] ?? 0)) * 3;
    const w0 = weights[tap] ?? 0;
    const w1 = weights[tap + 1] ?? 0;
    const w2 = weights[tap + 2] ?? 0;
    const w3 = weights[tap + 3] ?? 0;
    for (let c = 0; c < 3; c++) {
      out[x * 3 + c] = dot(
        data[p0 + c] ?? 0,
        w0,
        data[p1 + c] ?? 0,
        w1,
        data[p2 + c] ?? 0,
        w2,
        data[p3 + c] ?? 0,
        w3,
      );
    }
  }
  return out;
}

const f32 = Math.fround;

/** a·wa + b·wb + c·wc + d·wd in float32, in the order and with the fused products of PyTorch's AVX2 kernels. */
function dot(
  a: number,
  wa: number,
  b: number,
  wb: number,
  c: number,
  wc: number,
  d: number,
  wd: number,
): number {
  return f32(f32(f32(a * wa + f32(b * wb)) + c * wc) + d * wd);
}

/** Python's `round`. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
