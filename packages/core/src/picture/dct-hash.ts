import { toHex } from "./to-hex.js";

/** Sides of the grey picture, and of the block of low frequencies that is kept. */
const side = 32;
const kept = 8;

/** `cosines[u * side + x]`: the DCT-II's basis, without the factors that change no comparison. */
const cosines = Float64Array.from({ length: kept * side }, (_, index) => {
  const [u, x] = [Math.floor(index / side), index % side];
  return Math.cos((Math.PI * (2 * x + 1) * u) / (2 * side));
});

/**
 * The 64-bit DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), in the form of
 * Python's `imagehash.phash`: the 8 × 8 lowest frequencies of the DCT-II, each a bit that is set where it is over their
 * median.
 *
 * @param grey 32 × 32 levels, row by row
 * @returns 16 hex digits, the first bit the highest
 */
export function dctHash(grey: Float64Array): string {
  const rows = new Float64Array(side * kept);
  for (let y = 0; y < side; y += 1) {
    for (let v = 0; v < kept; v += 1) {
      let sum = 0;
      for (let x = 0; x < side; x += 1) sum += (grey[y * side + x] ?? 0) * (cosines[v * side + x] ?? 0);
      rows[y * kept + v] = sum;
    }
  }
  const frequencies = new Float64Array(kept * kept);
  for (let u = 0; u < kept; u += 1) {
    for (let v = 0; v < kept; v += 1) {
      let sum = 0;
      for (let y = 0; y < side; y += 1) sum += (rows[y * kept + v] ?? 0) * (cosines[u * side + y] ?? 0);
      frequencies[u * kept + v] = sum;
    }
  }
  const sorted = frequencies.toSorted();
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  return toHex((bit) => (frequencies[bit] ?? 0) > median);
}
