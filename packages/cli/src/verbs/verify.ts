import { availableParallelism } from "node:os";

import { type Command, InvalidArgumentError } from "commander";

import { addDatasetOptions, type DatasetOptions } from "../options/dataset-options.js";
import { openFolder } from "../options/open-folder.js";
import type { Verb } from "../run-cli.js";

interface VerifyVerbOptions extends DatasetOptions {
  format: string;
  nearBits: number;
}

/** `leyenda verify <dataset|folder>`: exit code 1 when anything is wrong. */
export function addVerifyVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("verify")
    .description("check every count, checksum, picture and caption of a dataset, ours or any other")
    .option("--format <name>", "arrow, disk, parquet, webdataset, imagefolder, or auto", "auto")
    .option(
      "--near-bits <n>",
      "bits in which perceptual hashes of leaked pictures may differ; 0 compares bytes only",
      nearBits,
      4,
    );
  addDatasetOptions(
    command,
    "name of a folder in datasets/, path of a dataset.json, or a folder with data",
  ).action(async (dataset: string, options: VerifyVerbOptions) => {
    const { renderVerifyReport, verifyDataset } = await import("@leyenda/shards");
    const { folder, expected } = await openFolder(dataset, options, io);
    const { format, nearBits, workers = availableParallelism() } = options;
    const report = await verifyDataset(folder, { expected: expected ?? {}, format, nearBits, workers });
    io.out(options.json === true ? `${JSON.stringify(report)}\n` : renderVerifyReport(report));
    if (!report.ok) exit(1);
  });
}

function nearBits(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 10)
    throw new InvalidArgumentError("expected a whole number from 0 to 10.");
  return value;
}
