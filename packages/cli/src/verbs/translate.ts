import { availableParallelism } from "node:os";

import { LeyendaError, loadDatasetConfig } from "@leyenda/core";
import type { Search, TranslatedLine } from "@leyenda/translate";
import type { Command } from "commander";

import {
  addDatasetOptions,
  openDataset,
  overwriteOption,
  positiveInteger,
} from "../options/dataset-options.js";
import { findDataset } from "../options/find-dataset.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import { addSearchOptions, searchOf, type SearchFlags } from "../options/search-options.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";

interface TextOptions extends SearchFlags {
  model?: string;
  int8?: boolean;
  batchTokens?: number;
  normalizePunctuation?: boolean;
  lowerAllCaps?: boolean;
  json?: boolean;
}

/** `leyenda translate <dataset>`, and `leyenda translate < en.txt > es.txt` */
export function addTranslateVerb(program: Command, verb: Verb): void {
  const command = program
    .command("translate")
    .description("translate the chosen captions of a dataset; or, without one, standard input line by line");
  addRunOptions(addDatasetOptions(command, undefined, "[dataset]"))
    .addOption(overwriteOption())
    .optionsGroup("Options without a dataset:");
  addSearchOptions(command, "translation")
    .option("--model <folder>", "converted model, or checkpoint (default: the sample dataset's)")
    .option("--int8", "convert a checkpoint to int8 rather than fp32; a converted model has to be int8")
    .option("--batch-tokens <n>", "source tokens translated together, each beam's counted", positiveInteger)
    .option("--normalize-punctuation", "curly and full-width punctuation as the models saw it in training")
    .option("--lower-all-caps", "text in nothing but capitals as a sentence")
    .action(async (dataset: string | undefined, options: RunOptions & TextOptions) => {
      if (dataset === undefined) await translateText(options, verb);
      else await runVerbs(["translate"], await openDataset(dataset, options, verb.io), options, verb);
    });
}

/** A line out for every line in, in order, as soon as it is there. What is odd about a line is told on standard error. */
async function translateText(options: TextOptions, { io }: Verb): Promise<void> {
  if (io.in === undefined)
    throw new LeyendaError("CONFIG_MISSING", "there is nothing to translate", {
      expected: "a dataset, or text on standard input",
      hint: "leyenda translate sample, or: leyenda translate < en.txt > es.txt",
    });
  const { openModel, Translator } = await import("@leyenda/marian");
  const { translateLines, translateWith } = await import("@leyenda/translate");
  const model = await openModel(options.model ?? (await sampleModel(io.cwd)), {
    ...(options.int8 === true ? { precision: "int8" } : {}),
  });
  const translator = await Translator.load(model, {
    intraOpThreads: options.threads ?? availableParallelism(),
    provider: options.provider,
    normalizePunctuation: options.normalizePunctuation ?? false,
    lowerAllCaps: options.lowerAllCaps ?? false,
  });
  try {
    const groups = translateLines(io.in, {
      translate: (captions, search) => translateWith(translator, captions, search),
      search: lineSearch(options),
    });
    for await (const lines of groups) {
      for (const line of lines) tellOdd(line, io.err);
      io.out(lines.map((line) => render(line, options.json ?? false)).join(""));
      await io.drained?.();
    }
  } finally {
    await translator.close();
  }
}

function lineSearch({ batchTokens, ...flags }: TextOptions): Search {
  return { ...searchOf(flags), ...(batchTokens === undefined ? {} : { batchTokens }) };
}

function render({ translation: { text, score, flags } }: TranslatedLine, json: boolean): string {
  return json ? `${JSON.stringify({ text, score, flags })}\n` : `${text}\n`;
}

function tellOdd({ number, isUtf8, isCut, translation }: TranslatedLine, err: (text: string) => void): void {
  if (!isUtf8) err(`leyenda: line ${number} is not valid UTF-8; what is not has become U+FFFD\n`);
  if (isCut) err(`leyenda: line ${number} is longer than 1 MiB and was cut\n`);
  if (translation.flags.includes("empty")) err(`leyenda: line ${number} came out empty\n`);
}

async function sampleModel(cwd: string): Promise<string> {
  try {
    return (await loadDatasetConfig(await findDataset("sample", cwd))).translate.model;
  } catch (cause) {
    throw new LeyendaError(
      "MODEL_MISSING",
      "there is no model: the sample dataset, which has one, is not here",
      {
        where: cwd,
        expected: "--model <folder>",
        hint: 'make one with "leyenda model convert <checkpoint> <folder>"',
        cause,
      },
    );
  }
}
