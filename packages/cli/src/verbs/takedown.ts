import type { StageContext } from "@leyenda/core";
import type { Backfill, TakeDownResult } from "@leyenda/shards";
import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import type { Verb } from "../run-cli.js";

interface TakedownVerbOptions extends DatasetOptions {
  url?: string[];
  host?: string[];
  sha256?: string[];
  key?: string[];
  dryRun?: boolean;
  backfill?: boolean;
}

/** `leyenda takedown <dataset> --url list.txt`: the rows' shards are made anew without them. */
export function addTakedownVerb(program: Command, { io }: Verb): void {
  const command = program
    .command("takedown")
    .description("take rows out of a finished dataset; without any, end a takedown that was interrupted");
  addDatasetOptions(command)
    .option("--url <values...>", "URLs, or files with a URL a line")
    .option("--host <values...>", "hosts, with all below them, or files of hosts")
    .option("--sha256 <values...>", "SHA-256 of original files, or files of those")
    .option("--key <values...>", "keys of rows, or files of keys")
    .option(
      "--backfill",
      "fill the places that are free with rows of the reserve, so that the splits keep their sizes",
    )
    .option("--dry-run", "say what would be taken down, and change nothing")
    .action(async (dataset: string, options: TakedownVerbOptions) => {
      const { config, folders, workers } = await openDataset(dataset, options, io);
      const { readRequest, takeDown } = await import("@leyenda/shards");
      const { dryRun = false } = options;
      const backfill = options.backfill === true ? await backfillOf({ config, folders }) : undefined;
      const entries = await readRequest(options);
      const result = await takeDown({ config, folders, workers, entries, dryRun, backfill });
      io.out(options.json === true ? `${JSON.stringify(result)}\n` : render(result, dryRun));
    });
}

/** The model is loaded when captions come. */
async function backfillOf(context: StageContext): Promise<Backfill> {
  const { CaptionTranslator, stage, translationColumns } = await import("@leyenda/translate");
  return {
    options: await stage.options(context),
    translate: async (captions) => {
      const translator = await CaptionTranslator.open(context.config.translate);
      try {
        await translator.refreshCache();
        const { translations } = await translator.translate(captions);
        return new Map([...translations].map(([caption, found]) => [caption, translationColumns(found)]));
      } finally {
        await translator.close();
      }
    },
  };
}

function render(
  { rows, backfilled, splits, shards, unmatched, previousRootHash, rootHash }: TakeDownResult,
  dryRun: boolean,
): string {
  const perSplit = Object.entries(splits).map(([split, count]) => `${split} ${count}`);
  const lines = [
    `${rows} row(s) ${dryRun ? "would be" : "are"} taken down${perSplit.length === 0 ? "" : ` (${perSplit.join(", ")})`}`,
    `shards made anew: ${shards.length === 0 ? "none" : shards.join(", ")}`,
    ...(backfilled === 0
      ? []
      : [`${backfilled} row(s) of the reserve ${dryRun ? "would take" : "took"} free places`]),
    ...(unmatched === 0
      ? []
      : [`${unmatched} of what was named is in no row; later builds leave it out, too`]),
    `root hash before: ${previousRootHash}`,
    ...(dryRun ? [] : [`root hash now:    ${rootHash}`]),
  ];
  return `${lines.join("\n")}\n`;
}
