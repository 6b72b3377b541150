/** How often the most frequent of some captions occurs; of several the first. Null where there are none. */
export function mostFrequent(
  captions: readonly string[],
): { caption: string; count: number; share: number } | null {
  const counts = new Map<string, number>();
  for (const caption of captions) counts.set(caption, (counts.get(caption) ?? 0) + 1);
  let [most, count] = ["", 0];
  for (const [caption, times] of counts) if (times > count) [most, count] = [caption, times];
  return count === 0 ? null : { caption: most, count, share: count / captions.length };
}
