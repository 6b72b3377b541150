import { type ForceOptions, forceTargets } from "./force-targets.js";

/**
 * Says what a decoder looks at while it says given sentences, token by token: the shares of what was encoded, see `buildDecoder`.
 *
 * @returns for each target and token the shares, which sum to 1; null where the graph was not made to give them
 */
export async function attendTargets(options: ForceOptions): Promise<Float32Array[][] | null> {
  const shares = options.targets.map((): Float32Array[] => []);
  for await (const { active, made } of forceTargets(options)) {
    if (made.attention === undefined) return null;
    const found = made.attention.data as Float32Array;
    const length = found.length / active.length;
    for (const [place, row] of active.entries())
      shares[row]?.push(found.slice(place * length, (place + 1) * length));
  }
  return shares;
}
