import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";

import type { PictureTransform } from "@leyenda/caption-model";
import { LeyendaError } from "@leyenda/core";
import type { PictureRow } from "@leyenda/eval";

import type { Io } from "../io.js";
import { type NamedRow, namedRows } from "../named-rows.js";
import type { DatasetOptions } from "../options/dataset-options.js";
import { openFolder } from "../options/open-folder.js";
import { type SearchFlags, searchOf } from "../options/search-options.js";
import { LineFile } from "./line-file.js";
import { reportEvaluation } from "./report-evaluation.js";
import { samplingOf } from "./sampling-of.js";

export interface ModelFlags extends DatasetOptions, SearchFlags {
  model: string;
  split?: string;
  caption?: string;
  shuffled?: boolean;
  lossBatch?: number;
  batchSize?: number;
  transform?: PictureTransform;
  out?: string;
  resamples?: number;
  seed?: number;
  step?: number;
}

/** `leyenda eval <dataset> --model m`: captions a split's pictures, and scores them beside its captions. */
export async function evalModel(
  dataset: string,
  flags: Omit<ModelFlags, keyof SearchFlags> & Partial<SearchFlags>,
  io: Io,
): Promise<void> {
  const { Captioner } = await import("@leyenda/caption-model");
  const { evaluateCaptioner, evaluateCaptions, writeCaptionResults } = await import("@leyenda/eval");
  const { split = "validation", provider = "cpu", rules = "hf" } = flags;
  const { folder } = await openFolder(dataset, flags, io);
  const out = resolve(io.cwd, flags.out ?? `eval-${split}`);
  const captioner = await Captioner.load(resolve(io.cwd, flags.model), {
    intraOpThreads: flags.threads ?? availableParallelism(),
    provider,
  });
  const predictions = new LineFile(join(out, "predictions.jsonl"));
  const references = new LineFile(join(out, "references.jsonl"));
  try {
    let done = 0;
    const rows = readPictures(folder, split, flags.caption);
    const evaluated = await evaluateCaptioner(captioner, rows, {
      ...searchOf({ ...flags, provider, rules }),
      ...(flags.batchSize === undefined ? {} : { batchSize: flags.batchSize }),
      ...(flags.lossBatch === undefined ? {} : { lossBatch: flags.lossBatch }),
      ...(flags.transform === undefined ? {} : { transform: flags.transform }),
      shuffled: flags.shuffled === true,
      onPrediction: async ({ id, caption, score, error }, texts) => {
        const said = error === null ? { caption, score } : { error: error.code, message: error.message };
        await predictions.write({ id, ...said });
        await references.write({ id, captions: texts });
        if (error !== null) io.err(`leyenda: ${id}: ${error.message}\n`);
        done += 1;
        if (io.isTerminal) io.err(`\rleyenda: ${done.toLocaleString("en")} pictures captioned`);
      },
    });
    if (io.isTerminal) io.err("\n");
    if (evaluated.ids.length === 0)
      throw new LeyendaError("DATA_MISSING", `the split "${split}" has no row`, { where: folder });
    const { evaluation, quality } = evaluateCaptions(evaluated, {
      name: `${flags.model} on ${split} of ${dataset}`,
      failed: evaluated.failed,
      loss: evaluated.loss,
      truncated: evaluated.truncated,
      shuffled: evaluated.shuffled,
      ...samplingOf(flags),
    });
    await writeCaptionResults(out, {
      ...{ evaluation, quality, step: flags.step ?? 0 },
      ...evaluated,
      thumbnails: (wanted) => readThumbnails(folder, split, wanted),
    });
    await reportEvaluation(evaluation, { ...flags, out }, io);
  } finally {
    await predictions.close();
    await references.close();
    await captioner.close();
  }
}

/** Reads the split again for its pictures, which were not kept, as far as the last that is wanted. */
async function readThumbnails(
  folder: string,
  split: string,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, string>> {
  const { thumbnail } = await import("@leyenda/eval");
  const found = new Map<number, string>();
  const last = Math.max(...wanted);
  let row = 0;
  for await (const { picture } of namedRows(folder, split)) {
    if (wanted.has(row) && picture instanceof Uint8Array) {
      // A report without one of its pictures is still a report.
      const small = await thumbnail(picture).catch(() => null);
      if (small !== null) found.set(row, small);
    }
    if (row >= last) break;
    row += 1;
  }
  return found;
}

async function* readPictures(
  folder: string,
  split: string,
  column: string | undefined,
): AsyncGenerator<PictureRow, void, undefined> {
  for await (const row of namedRows(folder, split))
    yield { id: row.name, picture: row.picture, references: referencesOf(row, column) };
}

/** What people say of a picture: the texts of one column. */
function referencesOf({ captions, where }: NamedRow, column: string | undefined): string[] {
  const names = [...new Set(captions.map(({ name }) => name))];
  const wanted = column ?? names.find((name) => name === "caption_es") ?? names[0];
  const texts = captions.flatMap(({ name, text }) => (name === wanted && text !== null ? [text] : []));
  if (texts.length === 0)
    throw new LeyendaError(
      "SOURCE_INVALID",
      `a row has no caption${wanted === undefined ? "" : ` "${wanted}"`}`,
      {
        where,
        expected:
          names.length === 0 ? "a column such as caption_es" : `--caption with one of: ${names.join(", ")}`,
      },
    );
  return texts;
}
