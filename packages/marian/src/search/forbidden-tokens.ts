import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import type { SearchOptions } from "./sentence-search.js";

/**
 * Tokens that may not come next: `</s>` before the shortest length, what would complete a run of tokens that was there before, and
 * what would complete a banned run, as Hugging Face's `MinLengthLogitsProcessor`, `NoRepeatNGramLogitsProcessor` and
 * `NoBadWordsLogitsProcessor` have it. Its Flax models have no such thing as the last.
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
  { startId, endId, bannedRuns }: Pick<MarianConfig, "startId" | "endId" | "bannedRuns">,
): Set<number> {
  const forbidden = new Set<number>();
  const sequence = [startId, ...tokens];
  // Flax's processor counts the token to come out.
  if (sequence.length < minLength + (rules === "hf-flax" ? 1 : 0)) forbidden.add(endId);
  for (const run of rules === "hf" ? bannedRuns : []) {
    // No run counts before the sequence is as long as all of it: so do they.
    const before = run.slice(0, -1);
    const from = sequence.length - before.length;
    const next = run.at(-1);
    if (
      next !== undefined &&
      run.length <= sequence.length &&
      before.every((token, at) => sequence[from + at] === token)
    )
      forbidden.add(next);
  }
  if (size === 0 || sequence.length + 1 < size) return forbidden;
  const last = sequence.slice(sequence.length - (size - 1));
  for (let start = 0; start + size <= sequence.length; start += 1) {
    const next = sequence[start + size - 1];
    if (next !== undefined && last.every((token, at) => sequence[start + at] === token)) forbidden.add(next);
  }
  return forbidden;
}
