import type { TakeDownResult } from "@leyenda/shards";
import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import type { Verb } from "../run-cli.js";

interface TakedownVerbOptions extends DatasetOptions {
  url?: string[];
  host?: string[];
  sha256?: string[];
  key?: string[];
  dryRun?: boolean;
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
    .option("--dry-run", "say what would be taken down, and change nothing")
    .action(async (dataset: string, options: TakedownVerbOptions) => {
      const { config, folders, workers } = await openDataset(dataset, options, io);
      const { readRequest, takeDown } = await import("@leyenda/shards");
      const { dryRun = false } = options;
      const entries = await readRequest(options);
      const result = await takeDown({ config, folders, workers, entries, dryRun });
      io.out(options.json === true ? `${JSON.stringify(result)}\n` : render(result, dryRun));
    });
}

function render(
  { rows, splits, shards, unmatched, previousRootHash, rootHash }: TakeDownResult,
  dryRun: boolean,
): string {
  const perSplit = Object.entries(splits).map(([split, count]) => `${split} ${count}`);
  const lines = [
    `${rows} row(s) ${dryRun ? "would be" : "are"} taken down${perSplit.length === 0 ? "" : ` (${perSplit.join(", ")})`}`,
    `shards made anew: ${shards.length === 0 ? "none" : shards.join(", ")}`,
    ...(unmatched === 0
      ? []
      : [`${unmatched} of what was named is in no row; later builds leave it out, too`]),
    `root hash before: ${previousRootHash}`,
    ...(dryRun ? [] : [`root hash now:    ${rootHash}`]),
  ];
  return `${lines.join("\n")}\n`;
}
