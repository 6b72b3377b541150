/** Compares 16 bytes of one column with 16 of another, first byte first; negative where the first are smaller. */
export function compareCells(cells: Uint8Array, a: number, others: Uint8Array, b: number): number {
  for (let index = 0; index < 16; index += 1) {
    const difference = (cells[a * 16 + index] ?? 0) - (others[b * 16 + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
