/** Counts of the n-grams of a list of units. */
export function countNgrams(units: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= units.length; start += 1) {
    const ngram = units.slice(start, start + n).join("\u0001");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
