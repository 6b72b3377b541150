/** Compares row `a`'s 16 bytes with row `b`'s, first byte first; negative where `a`'s are smaller. */
export function compareCells(cells: Uint8Array, a: number, b: number): number {
  for (let index = 0; index < 16; index += 1) {
    const difference = (cells[a * 16 + index] ?? 0) - (cells[b * 16 + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
