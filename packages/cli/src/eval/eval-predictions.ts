import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import type { Io } from "../io.js";
import { reportEvaluation } from "./report-evaluation.js";
import { samplingOf } from "./sampling-of.js";

export interface PredictionFlags {
  predictions: string;
  references: string;
  compare?: string;
  pictures?: string;
  out?: string;
  resamples?: number;
  seed?: number;
  step?: number;
  json?: boolean;
}

/** `leyenda eval --predictions p.jsonl --references r.jsonl` */
export async function evalPredictions(flags: PredictionFlags, io: Io): Promise<void> {
  const { evaluateCaptions, pairCaptions, readCaptions, thumbnail, writeCaptionResults } =
    await import("@leyenda/eval");
  const path = (name: string): string => resolve(io.cwd, name);
  const references = await readCaptions(path(flags.references), "references");
  const pair = async (name: string): Promise<ReturnType<typeof pairCaptions>> =>
    pairCaptions(await readCaptions(path(name), "predictions"), references, {
      predictions: path(name),
      references: path(flags.references),
    });
  const captions = await pair(flags.predictions);
  const other = flags.compare === undefined ? undefined : await pair(flags.compare);
  const { evaluation, quality } = evaluateCaptions(captions, {
    name: flags.predictions,
    failed: captions.failed,
    ...(other === undefined ? {} : { baseline: { name: flags.compare ?? "", hypotheses: other.hypotheses } }),
    ...samplingOf(flags),
  });
  if (flags.out !== undefined)
    await writeCaptionResults(path(flags.out), {
      ...{ evaluation, quality, step: flags.step ?? 0 },
      ...captions,
      ...(other === undefined ? {} : { baseline: other.hypotheses }),
      thumbnails: async (rows) => {
        const found = new Map<number, string>();
        for (const row of rows) {
          const picture = captions.pictures[row] ?? null;
          if (picture === null) continue;
          const file = resolve(path(flags.pictures ?? "."), picture);
          if ((await stat(file).catch(() => null))?.isFile() !== true) continue;
          // A report without one of its pictures is still a report.
          const small = await thumbnail(file).catch(() => null);
          if (small !== null) found.set(row, small);
        }
        return found;
      },
    });
  await reportEvaluation(evaluation, flags, io);
}
