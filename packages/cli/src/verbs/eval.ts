import { LeyendaError } from "@leyenda/core";
import { type Command, InvalidArgumentError, Option } from "commander";

import { evalModel, type ModelFlags } from "../eval/eval-model.js";
import { evalPredictions, type PredictionFlags } from "../eval/eval-predictions.js";
import {
  addDatasetOptions,
  openDataset,
  overwriteOption,
  positiveInteger,
} from "../options/dataset-options.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import { addSearchOptions } from "../options/search-options.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";

interface EvalFlags extends RunOptions, Partial<PredictionFlags>, Partial<ModelFlags> {}

/**
 * `leyenda eval`: a build's report; with `--model` how good a model's captions of a split are; with `--predictions` how good captions
 * of a file are.
 */
export function addEvalVerb(program: Command, verb: Verb): void {
  const command = program
    .command("eval")
    .description(
      "score captions of a model or of a file beside references; without either, write a build's report",
    );
  addRunOptions(
    addDatasetOptions(
      command,
      "name of a folder in datasets/, path of a dataset.json, or with --model a dataset's folder of any format",
      "[dataset]",
    ),
  )
    .addOption(overwriteOption())
    .optionsGroup("Captions of a file:")
    .option("--predictions <file>", 'JSON lines with "id" (or "key", "picture") and "caption"')
    .option("--references <file>", 'JSON lines with the same ids and "caption", or "captions" with several')
    .option("--compare <file>", "predictions of another system: how likely is the difference by chance?")
    .option("--pictures <folder>", 'where the "picture" of a line is found, for the report (default: here)')
    .optionsGroup("Captions of a model:")
    .option("--model <folder>", "made by model convert: caption the pictures of a split")
    .option("--split <name>", "the split (default: validation)")
    .option("--caption <column>", "the column of the references (default: caption_es, else the first)")
    .option("--shuffled", "also score every caption beside another's picture")
    .option("--loss-batch <n>", "rows of a batch of loss_seed (default: 128)", positiveInteger)
    .option("--batch-size <n>", "pictures captioned together (default: 16)", positiveInteger)
    .addOption(
      new Option(
        "--transform <name>",
        "how pictures are scaled: as CLIPProcessor, or as in training",
      ).choices(["clip-processor", "training"]),
    );
  addSearchOptions(command, "caption");
  command
    .optionsGroup("Scores:")
    .option("--resamples <n>", "for confidence; 0 for none (default: 1000)", wholeNumber)
    .option("--seed <n>", "of the resamples (default: 12345)", wholeNumber)
    .option("--step <n>", "TensorBoard's step (default: 0)", wholeNumber)
    .option(
      "--out <folder>",
      "write metrics.json, index.html and tensorboard/ there, and predictions of a model",
    )
    .action(async (dataset: string | undefined, flags: EvalFlags) => {
      const { predictions, references, model } = flags;
      if (predictions !== undefined || references !== undefined) {
        if (
          predictions === undefined ||
          references === undefined ||
          dataset !== undefined ||
          model !== undefined
        )
          throw new LeyendaError(
            "USAGE",
            "captions of a file are scored by --predictions and --references alone",
            {
              expected: "leyenda eval --predictions p.jsonl --references r.jsonl [--compare other.jsonl]",
            },
          );
        await evalPredictions({ ...flags, predictions, references }, verb.io);
        return;
      }
      if (dataset === undefined)
        throw new LeyendaError("USAGE", "there is nothing to evaluate", {
          expected: "a dataset, or --predictions and --references",
        });
      if (flags.compare !== undefined)
        throw new LeyendaError("USAGE", "--compare takes --predictions and --references", {
          hint: "a model's evaluation writes predictions.jsonl and references.jsonl, which can be compared",
        });
      if (model !== undefined) await evalModel(dataset, { ...flags, model }, verb.io);
      else await runVerbs(["eval"], await openDataset(dataset, flags, verb.io), flags, verb);
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError("expected a whole number from 0.");
  return value;
}
