import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Histogram } from "../histogram.js";
import { tokenizeCaption } from "../metrics/tokenize-caption.js";
import { type CaptionExample, renderCaptionReport } from "../report/render-caption-report.js";
import { writeScalars } from "../tensorboard/write-scalars.js";
import { captionScalars } from "./caption-scalars.js";
import type { CaptionSet } from "./caption-set.js";
import type { CaptionEvaluation } from "./evaluate-captions.js";
import { pickExamples } from "./pick-examples.js";

export interface CaptionResultsOptions extends CaptionSet {
  evaluation: CaptionEvaluation;
  /** chrF2++ of each caption. */
  quality: Float64Array;
  ids: readonly string[];
  /** Another system's captions. */
  baseline?: readonly string[];
  /** Small JPEGs in base64 of rows, where they are at hand. */
  thumbnails: (rows: ReadonlySet<number>) => Promise<ReadonlyMap<number, string>>;
  /** TensorBoard's step. @default 0 */
  step?: number;
  /** Captions of each group in the report: best, worst, others. @default 12 */
  examples?: number;
}

const lengthBorders = [3, 5, 7, 9, 12, 15, 20, 30, 50];

/**
 * Writes `metrics.json`, `index.html` and TensorBoard's event file of an evaluation.
 *
 * @param folder made where it is missing
 */
export async function writeCaptionResults(
  folder: string,
  {
    evaluation,
    quality,
    ids,
    hypotheses,
    references,
    baseline,
    thumbnails,
    step = 0,
    examples = 12,
  }: CaptionResultsOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "metrics.json"), `${JSON.stringify(evaluation, null, 2)}\n`);
  const { best, worst, others } = pickExamples(quality, examples);
  const small = await thumbnails(new Set([...best, ...worst, ...others]));
  const show = (row: number): CaptionExample => ({
    id: ids[row] ?? "",
    jpegBase64: small.get(row) ?? null,
    prediction: hypotheses[row] ?? "",
    references: references[row] ?? [],
    baseline: baseline?.[row] ?? null,
    quality: quality[row] ?? 0,
  });
  const report = renderCaptionReport({
    evaluation,
    examples: { best: best.map(show), worst: worst.map(show), others: others.map(show) },
    histograms: [
      { title: "Length of captions (words)", bars: histogram(hypotheses.map(words), lengthBorders) },
      { title: "Length of references (words)", bars: histogram(references.flat().map(words), lengthBorders) },
      {
        title: "chrF2++ of each caption",
        bars: histogram([...quality], [10, 20, 30, 40, 50, 60, 70, 80, 90]),
      },
    ],
  });
  await writeFile(join(folder, "index.html"), report);
  await writeScalars(join(folder, "tensorboard"), captionScalars(evaluation), { step });
}

function histogram(values: readonly number[], borders: readonly number[]): ReturnType<Histogram["bars"]> {
  const bars = new Histogram(borders);
  for (const value of values) bars.add(value);
  return bars.bars();
}

function words(caption: string): number {
  return tokenizeCaption(caption).length;
}
