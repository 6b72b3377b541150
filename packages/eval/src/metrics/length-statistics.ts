/** How long captions are, in words. */
export interface LengthStatistics {
  mean: number;
  /** Of the captions there are, not estimated for more. */
  standardDeviation: number;
  min: number;
  /** The lower of two in the middle. */
  median: number;
  max: number;
  /** Captions without a word. */
  empty: number;
}

/** @param captions tokens of each */
export function lengthStatistics(captions: readonly (readonly string[])[]): LengthStatistics {
  const lengths = captions.map(({ length }) => length).sort((a, b) => a - b);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const middle = mean(lengths);
  return {
    mean: middle,
    standardDeviation: Math.sqrt(mean(lengths.map((length) => (length - middle) ** 2))),
    min: lengths[0] ?? 0,
    median: lengths[Math.floor((lengths.length - 1) / 2)] ?? 0,
    max: lengths.at(-1) ?? 0,
    empty: lengths.filter((length) => length === 0).length,
  };
}
