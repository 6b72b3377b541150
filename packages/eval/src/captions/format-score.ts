/** A score for people: two decimals where it goes to 100, else four. */
export function formatScore(name: string, score: number): string {
  return score.toFixed(/^(sacrebleu|chrf)/.test(name) ? 2 : 4);
}

/** How likely by chance: what 10,000 trials can tell. */
export function formatChance(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
