import { toHex } from "./to-hex.js";

const side = 32;
const [columns, rows] = [9, 8];
const columnWeights = lanczosWeights(columns);
const rowWeights = lanczosWeights(rows);

/**
 * The 64-bit difference hash of Krawetz, "Kind of Like That" (2013), in the form of Python's `imagehash.dhash`: 9 × 8 levels,
 * each a bit that is set where its right neighbour is brighter.
 *
 * @param grey 32 × 32 levels, row by row
 * @returns 16 hex digits, the first bit the highest
 */
export function differenceHash(grey: Float64Array): string {
  const narrow = new Float64Array(side * columns);
  for (let y = 0; y < side; y += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      for (let x = 0; x < side; x += 1)
        sum += (grey[y * side + x] ?? 0) * (columnWeights[column * side + x] ?? 0);
      narrow[y * columns + column] = sum;
    }
  }
  const small = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      for (let y = 0; y < side; y += 1)
        sum += (narrow[y * columns + column] ?? 0) * (rowWeights[row * side + y] ?? 0);
      // Whole levels, as in an image: what is equal there must not be told apart by noise.
      small[row * columns + column] = Math.round(sum);
    }
  }
  return toHex((bit) => {
    const at = Math.floor(bit / rows) * columns + (bit % rows);
    return (small[at + 1] ?? 0) > (small[at] ?? 0);
  });
}

/** Weights by which 32 levels become `count`: Lanczos with three lobes, widened to the scale, as Pillow resizes. */
function lanczosWeights(count: number): Float64Array {
  const scale = side / count;
  const weights = new Float64Array(count * side);
  for (let target = 0; target < count; target += 1) {
    const centre = (target + 0.5) * scale;
    const row = weights.subarray(target * side, (target + 1) * side);
    for (let x = 0; x < side; x += 1) row[x] = lanczos((x + 0.5 - centre) / scale);
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let x = 0; x < side; x += 1) row[x] = (row[x] ?? 0) / sum;
  }
  return weights;
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / angle ** 2;
}
