import type { SearchOptions } from "./sentence-search.js";

/**
 * Tokens that may not come next: `</s>` before the shortest length, and what would complete a run of tokens that was there before,
 * as Hugging Face's `MinLengthLogitsProcessor` and `NoRepeatNGramLogitsProcessor` have it.
 *
 * @param tokens so far, without the start token
 */
export function forbiddenTokens(
  tokens: readonly number[],
  {
    noRepeatNgramSize: size,
    minLength,
    rules,
  }: Pick<SearchOptions, "noRepeatNgramSize" | "minLength" | "rules">,
  { startId, endId }: { startId: number; endId: number },
): Set<number> {
  const forbidden = new Set<number>();
  const sequence = [startId, ...tokens];
  // Flax's processor counts the token to come out.
  if (sequence.length < minLength + (rules === "hf-flax" ? 1 : 0)) forbidden.add(endId);
  if (size === 0 || sequence.length + 1 < size) return forbidden;
  const last = sequence.slice(sequence.length - (size - 1));
  for (let start = 0; start + size <= sequence.length; start += 1) {
    const next = sequence[start + size - 1];
    if (next !== undefined && last.every((token, at) => sequence[start + at] === token)) forbidden.add(next);
  }
  return forbidden;
}
