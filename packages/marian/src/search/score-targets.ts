import { type ForceOptions, forceTargets } from "./force-targets.js";

/**
 * Says how likely given sentences are: each token's log probability after those before it.
 *
 * @returns for each target, a number for every token
 */
export async function scoreTargets(options: ForceOptions): Promise<Float32Array[]> {
  const scores = options.targets.map(({ length }) => new Float32Array(length));
  for await (const { position, active, made } of forceTargets(options)) {
    const found = made.target_scores?.data as Float32Array | undefined;
    if (found === undefined) throw new Error("the graph gave no target_scores");
    for (const [place, row] of active.entries()) scores[row]?.set([found[place] ?? 0], position);
  }
  return scores;
}
