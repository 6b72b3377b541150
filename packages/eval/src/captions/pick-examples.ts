/** Rows to show. */
export interface ExampleRows {
  best: number[];
  worst: number[];
  /** Evenly spaced. */
  others: number[];
}

/**
 * Picks rows to look at; none is in two groups.
 *
 * @param quality of each row
 * @param count of each group, at most
 */
export function pickExamples(quality: Float64Array, count: number): ExampleRows {
  const byQuality = Array.from(quality.keys()).sort((a, b) => (quality[b] ?? 0) - (quality[a] ?? 0) || a - b);
  const third = Math.min(count, Math.floor(quality.length / 3));
  const best = byQuality.slice(0, third);
  const worst = byQuality.slice(byQuality.length - third).reverse();
  const taken = new Set([...best, ...worst]);
  const rest = Array.from(quality.keys()).filter((row) => !taken.has(row));
  const size = Math.min(count, rest.length);
  const others = Array.from(
    { length: size },
    (_, place) => rest[Math.floor((place * rest.length) / size)] ?? 0,
  );
  return { best, worst, others };
}
