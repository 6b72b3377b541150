import { availableParallelism } from "node:os";
import { join } from "node:path";

import { Captioner } from "@leyenda/caption-model";
import { ImageFiles, type PartContext, readRows, requireManifest, type TranslatedRow } from "@leyenda/core";

import { readStoredPicture } from "../read-stored-picture.js";
import { evaluateCaptioner, type PictureRow } from "./evaluate-captioner.js";
import { evaluateCaptions, type CaptionEvaluation } from "./evaluate-captions.js";

export interface SplitScores {
  evaluation: CaptionEvaluation;
  /** A line of JSON for each row: its key, the model's caption, the dataset's. */
  lines: string;
}

/**
 * Scores the caption model of the configuration on the finished dataset's validation split, and beside shuffled pictures.
 *
 * @param onRow is called after each row
 * @returns null where no model is configured
 * @throws LeyendaError MODEL_MISSING, MODEL_INVALID
 */
export async function scoreSplit(
  { config, folders, signal }: PartContext,
  onRow: () => void,
): Promise<SplitScores | null> {
  if (config.eval.captioner === null) return null;
  const lines: string[] = [];
  const captioner = await Captioner.load(config.eval.captioner, { intraOpThreads: availableParallelism() });
  try {
    const evaluated = await evaluateCaptioner(captioner, rows(), {
      shuffled: true,
      onPrediction: ({ id, caption, error }, [reference = ""]) => {
        signal.throwIfAborted();
        lines.push(`${JSON.stringify({ id, caption, error: error?.message ?? null, reference })}\n`);
        onRow();
      },
    });
    const { evaluation } = evaluateCaptions(evaluated, {
      name: captioner.info.name,
      failed: evaluated.failed,
      truncated: evaluated.truncated,
      loss: evaluated.loss,
      shuffled: evaluated.shuffled,
    });
    return { evaluation, lines: lines.join("") };
  } finally {
    await captioner.close();
  }

  async function* rows(): AsyncGenerator<PictureRow, void, undefined> {
    const arranged = await requireManifest(folders.arranged, "shards");
    const clean = await requireManifest(folders.clean, "clean");
    const images = new ImageFiles(folders.clean, clean);
    const shards = Object.entries(arranged.parts[0]?.files ?? {}).filter(([role]) =>
      role.startsWith("validation"),
    );
    try {
      for (const [, { name }] of shards.sort(([a], [b]) => (a < b ? -1 : 1)))
        for (const row of await readRows<TranslatedRow>(join(folders.arranged, name)))
          yield {
            id: row.key,
            picture: await readStoredPicture(images, row),
            references: [row.caption_es],
          };
    } finally {
      await images.close();
    }
  }
}
