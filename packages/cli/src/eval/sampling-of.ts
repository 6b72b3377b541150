/** Options of scores that are given. */
export function samplingOf({ resamples, seed }: { resamples?: number; seed?: number }): {
  resamples?: number;
  seed?: number;
} {
  return {
    ...(resamples === undefined ? {} : { resamples }),
    ...(seed === undefined ? {} : { seed }),
  };
}
