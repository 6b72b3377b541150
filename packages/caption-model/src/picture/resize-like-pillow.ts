import { pillowWeights, precisionBits, type Taps } from "./pillow-weights.js";
import type { RgbPicture } from "./rgb-picture.js";
import { scaledSize } from "./scaled-size.js";

const half = 1 << (precisionBits - 1);

/**
 * The centre square of `edge` × `edge` pixels of the picture with its shorter edge resized to `edge`, by bicubic resampling
 * **with** antialiasing: equal to the byte to `Image.resize(…, BICUBIC)` of Pillow and a crop at `(size − edge) // 2`.
 *
 * Pillow resizes first along rows, rounds to bytes, then along columns. So does this, leaving out what the crop would cut
 * away: a 1 × 100,000 picture costs no more than its middle.
 *
 * @returns [edge, edge, 3], RGB interleaved
 */
export function resizeLikePillow(picture: RgbPicture, edge: number): Uint8Array {
  const scaled = scaledSize(picture, edge);
  const columns = pillowWeights({
    from: picture.width,
    to: scaled.width,
    first: Math.floor((scaled.width - edge) / 2),
    count: edge,
  });
  const rows = pillowWeights({
    from: picture.height,
    to: scaled.height,
    first: Math.floor((scaled.height - edge) / 2),
    count: edge,
  });
  const top = rows.starts[0] ?? 0;
  const bottom = (rows.starts[edge - 1] ?? 0) + (rows.counts[edge - 1] ?? 0);
  return resizeColumns(resizeRows(picture, columns, top, bottom), rows, top, edge);
}

/** Rows `top … bottom − 1` of the picture, each resampled to the columns' output pixels: [bottom − top, edge, 3]. */
function resizeRows(picture: RgbPicture, columns: Taps, top: number, bottom: number): Uint8ClampedArray {
  const { data, width } = picture;
  const { starts, counts, weights, stride } = columns;
  const edge = starts.length;
  const out = new Uint8ClampedArray((bottom - top) * edge * 3);
  let to = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < edge; x++) {
      let from = (y * width + (starts[x] ?? 0)) * 3;
      const firstWeight = x * stride;
      const end = firstWeight + (counts[x] ?? 0);
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = firstWeight; tap < end; tap++) {
        const weight = weights[tap] ?? 0;
        red += (data[from] ?? 0) * weight;
        green += (data[from + 1] ?? 0) * weight;
        blue += (data[from + 2] ?? 0) * weight;
        from += 3;
      }
      out[to] = red >> precisionBits;
      out[to + 1] = green >> precisionBits;
      out[to + 2] = blue >> precisionBits;
      to += 3;
    }
  }
  return out;
}

/** The columns of `source`, whose first row is row `top` of the picture, resampled to the rows' output pixels. */
function resizeColumns(source: Uint8ClampedArray, rows: Taps, top: number, edge: number): Uint8Array {
  const { starts, counts, weights, stride } = rows;
  const rowLength = edge * 3;
  const out = new Uint8ClampedArray(edge * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < edge; y++) {
    sums.fill(half);
    const taps = counts[y] ?? 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[y * stride + tap] ?? 0;
      const from = ((starts[y] ?? 0) - top + tap) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = (sums[i] ?? 0) + (source[from + i] ?? 0) * weight;
    }
    for (let i = 0; i < rowLength; i++) out[y * rowLength + i] = (sums[i] ?? 0) >> precisionBits;
  }
  return new Uint8Array(out.buffer);
}
