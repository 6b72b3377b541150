/**
 * How likely at least a difference is by chance: (c + 1) / (n + 1), where c of n differences that came about by chance are larger.
 */
export function pValue(byChance: Float64Array, difference: number): number {
  let larger = 0;
  for (const value of byChance) if (value > difference) larger += 1;
  return (larger + 1) / (byChance.length + 1);
}
