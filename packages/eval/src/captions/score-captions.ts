import { distinctN } from "../metrics/distinct-n.js";
import { lengthStatistics, type LengthStatistics } from "../metrics/length-statistics.js";
import { mostFrequent } from "../metrics/most-frequent.js";
import { type SummedScore, sumStatistics } from "../metrics/summed-score.js";
import { tokenizeCaption } from "../metrics/tokenize-caption.js";
import { bootstrap, type Interval } from "../significance/bootstrap.js";
import { defaultResamples, defaultSeed } from "../significance/resample.js";
import type { NamedScore } from "./caption-scores.js";
import type { CaptionSet } from "./caption-set.js";

/** How good captions are, as plain JSON. */
export interface CaptionResult {
  rows: number;
  /** By name; `interval` is the 95 % confidence of resampling, null where that was not asked for. */
  scores: Record<string, { title: string; score: number; interval: Interval | null; signature: string }>;
  resamples: number;
  seed: number;
  /** What the captions are like, whatever their references say. */
  captions: CaptionFigures;
  /** The same of the references. */
  references: CaptionFigures;
}

export interface CaptionFigures {
  distinct1: number;
  distinct2: number;
  mostFrequent: { caption: string; count: number; share: number } | null;
  /** In words. */
  length: LengthStatistics;
}

export interface ScoreOptions {
  /** For confidence; 0 leaves it out. @default 1000 */
  resamples?: number;
  /** @default 12345 */
  seed?: number;
}

/** Computes scores, their confidence, and figures of the captions. */
export function scoreCaptions(
  scores: readonly NamedScore[],
  { hypotheses, references }: CaptionSet,
  { resamples = defaultResamples, seed = defaultSeed }: ScoreOptions = {},
): CaptionResult {
  const summed: SummedScore[] = scores.map((each) => each.summed);
  const intervals = resamples === 0 ? [] : bootstrap(summed, { resamples, seed });
  return {
    rows: hypotheses.length,
    scores: Object.fromEntries(
      scores.map(({ name, title, signature, summed: score }, place) => [
        name,
        {
          title,
          score: score.of(sumStatistics(score)),
          interval: intervals[place] ?? null,
          signature: resamples === 0 ? signature : withSampling(signature, resamples, seed),
        },
      ]),
    ),
    ...{ resamples, seed },
    captions: figuresOf(hypotheses),
    references: figuresOf(references.flat()),
  };
}

/** As sacrebleu names resampling, behind the number of references. */
function withSampling(signature: string, resamples: number, seed: number): string {
  return signature.replace("|", `|bs:${resamples}|seed:${seed}|`);
}

function figuresOf(captions: readonly string[]): CaptionFigures {
  const tokens = captions.map(tokenizeCaption);
  return {
    distinct1: distinctN(tokens, 1),
    distinct2: distinctN(tokens, 2),
    mostFrequent: mostFrequent(captions),
    length: lengthStatistics(tokens),
  };
}
