import type { MarianConfig } from "../checkpoint/read-marian-config.js";

/**
 * Position embeddings: sin(p / 10000^e) in the first half of the width, cos in the second. The exponent e of the i-th pair of d/2 is
 * i / (d/2) for Hugging Face and i / (d/2 − 1) in Marian's C++.
 *
 * @returns [positions, width]
 */
export function sinusoidPositions(
  positions: number,
  width: number,
  form: MarianConfig["positions"],
): Float32Array {
  const half = Math.ceil(width / 2);
  const pairs = form === "marian" ? half - 1 : width / 2;
  const table = new Float32Array(positions * width);
  for (let position = 0; position < positions; position += 1) {
    for (let index = 0; index < width; index += 1) {
      const pair = index < half ? index : index - half;
      const angle = position / 10000 ** (pair / pairs);
      table[position * width + index] = index < half ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
