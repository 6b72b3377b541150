import { sumStatistics } from "../metrics/summed-score.js";
import type { CaptionLoss } from "./caption-loss.js";
import { captionScores } from "./caption-scores.js";
import type { CaptionSet } from "./caption-set.js";
import { compareCaptions, type CaptionComparison } from "./compare-captions.js";
import { scoreCaptions, type CaptionResult } from "./score-captions.js";

/** All that there is to say of a system's captions, as plain JSON. */
export interface CaptionEvaluation extends CaptionResult {
  /** What was evaluated. */
  name: string;
  /** Rows whose caption is empty since the model failed. */
  failed: number;
  loss: CaptionLoss | null;
  /** References that were cut before their loss and BLEU-1 to 4 were taken. */
  truncated: number;
  /** The same scores with each caption beside another picture's references: what a captioner scores that does not look. */
  shuffled: { scores: Record<string, number>; loss: CaptionLoss | null } | null;
  comparison: CaptionComparison | null;
}

export interface EvaluateCaptionsOptions {
  name: string;
  /** @default 0 */
  failed?: number;
  loss?: CaptionLoss;
  /** @default 0 */
  truncated?: number;
  /** Captions of other pictures, in the same order. */
  shuffled?: { hypotheses: readonly string[]; loss: CaptionLoss } | null;
  /** Another system's captions of the same pictures. */
  baseline?: { name: string; hypotheses: readonly string[] };
  /** @default 1000 */
  resamples?: number;
  /** Of paired approximate randomisation. @default 10000 */
  trials?: number;
  /** @default 12345 */
  seed?: number;
}

/**
 * Scores captions by every measure there is.
 *
 * @returns the evaluation, and chrF2++ of each caption alone, by which best and worst are told
 */
export function evaluateCaptions(
  captions: CaptionSet,
  { name, failed = 0, loss, truncated = 0, shuffled, baseline, trials, ...sampling }: EvaluateCaptionsOptions,
): { evaluation: CaptionEvaluation; quality: Float64Array } {
  const scores = captionScores(captions);
  const byChance =
    shuffled === undefined || shuffled === null
      ? null
      : {
          scores: Object.fromEntries(
            captionScores({ ...captions, hypotheses: shuffled.hypotheses }).map((score) => [
              score.name,
              score.summed.of(sumStatistics(score.summed)),
            ]),
          ),
          loss: shuffled.loss,
        };
  const comparison =
    baseline === undefined
      ? null
      : compareCaptions(
          baseline.name,
          captionScores({ ...captions, hypotheses: baseline.hypotheses }),
          scores,
          { ...sampling, ...(trials === undefined ? {} : { trials }) },
        );
  const result = scoreCaptions(scores, captions, sampling);
  return {
    evaluation: { name, failed, loss: loss ?? null, truncated, ...result, shuffled: byChance, comparison },
    quality: qualityOf(captions),
  };

  function qualityOf({ hypotheses }: CaptionSet): Float64Array {
    const summed = scores.find((score) => score.name === "chrf_plus_plus")?.summed;
    return Float64Array.from(hypotheses, (_, row) =>
      summed === undefined
        ? 0
        : summed.of(summed.statistics.subarray(row * summed.width, (row + 1) * summed.width)),
    );
  }
}
