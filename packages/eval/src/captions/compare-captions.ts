import type { Interval } from "../significance/bootstrap.js";
import { pairedBootstrap } from "../significance/paired-bootstrap.js";
import { pairedRandomization } from "../significance/paired-randomization.js";
import { defaultSeed } from "../significance/resample.js";
import { sumStatistics } from "../metrics/summed-score.js";
import type { NamedScore } from "./caption-scores.js";

/** How a system's scores differ from a baseline's, as plain JSON. */
export interface CaptionComparison {
  /** What the baseline is. */
  baseline: string;
  scores: Record<
    string,
    {
      baseline: number;
      /** The system's score less the baseline's. */
      difference: number;
      /** 95 % of the resamples' differences. */
      interval: Interval;
      /** How likely at least such a difference is by chance: by paired approximate randomisation, and by paired bootstrap. */
      pRandomization: number;
      pBootstrap: number;
    }
  >;
  trials: number;
  resamples: number;
  seed: number;
}

export interface CompareOptions {
  /** @default 10000 */
  trials?: number;
  /** @default 1000 */
  resamples?: number;
  /** @default 12345 */
  seed?: number;
}

/**
 * Compares two systems on the same references, as sacrebleu's paired tests do; for all scores.
 *
 * @param name of the baseline
 */
export function compareCaptions(
  name: string,
  baseline: readonly NamedScore[],
  system: readonly NamedScore[],
  { trials = 10_000, resamples = 1000, seed = defaultSeed }: CompareOptions = {},
): CaptionComparison {
  const others = baseline.map(({ summed }) => summed);
  const ours = system.map(({ summed }) => summed);
  const randomized = pairedRandomization(others, ours, { trials, seed });
  const resampled = pairedBootstrap(others, ours, { resamples, seed });
  return {
    baseline: name,
    scores: Object.fromEntries(
      resampled.flatMap(({ score, difference, p }, place) => {
        const other = others[place];
        const first = other === undefined ? 0 : other.of(sumStatistics(other));
        return [
          [
            system[place]?.name ?? "",
            {
              baseline: first,
              difference: score - first,
              interval: difference,
              pRandomization: randomized[place] ?? 1,
              pBootstrap: p,
            },
          ],
        ];
      }),
    ),
    ...{ trials, resamples, seed },
  };
}
