/**
 * Position embeddings as Hugging Face's Marian has them: sin(p / 10000^(2i/d)) in the first half of the width, cos in the
 * second.
 *
 * @returns [positions, width]
 */
export function sinusoidPositions(positions: number, width: number): Float32Array {
  const half = Math.ceil(width / 2);
  const table = new Float32Array(positions * width);
  for (let position = 0; position < positions; position += 1) {
    for (let index = 0; index < width; index += 1) {
      const pair = index < half ? index : index - half;
      const angle = position / 10000 ** ((2 * pair) / width);
      table[position * width + index] = index < half ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
