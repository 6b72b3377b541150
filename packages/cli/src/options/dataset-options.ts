import { availableParallelism } from "node:os";

import { type DatasetConfig, type DatasetFolders, datasetFolders, loadDatasetConfig } from "@leyenda/core";
import { type Command, InvalidArgumentError, Option } from "commander";

import type { Io } from "../io.js";
import { configFlags, overridesOf } from "./config-flags.js";
import { findDataset } from "./find-dataset.js";

/** The options that every verb on a dataset takes. */
export interface DatasetOptions {
  dataDir?: string;
  workers?: number;
  overwrite?: boolean;
  json?: boolean;
}

export interface OpenedDataset {
  config: DatasetConfig;
  folders: DatasetFolders;
  workers: number;
}

/** Adds `<dataset>`, the common options, and a flag for every option of the config. */
export function addDatasetOptions(
  command: Command,
  description = "name of a folder in datasets/, or path of a dataset.json",
  argument: "<dataset>" | "[dataset]" = "<dataset>",
): Command {
  command
    .argument(argument, description)
    .option("--data-dir <folder>", "where the data goes (default: $DATA_DIR, else ./data)")
    .option("--workers <n>", "worker processes (default: one per core)", positiveInteger)
    .option("--json", "machine output: one JSON object a line on standard output");
  for (const flag of configFlags())
    if (flag.long !== "--workers") command.addOption(flag.helpGroup("Options of the dataset config:"));
  return command;
}

/** The flag for verbs that make data. */
export function overwriteOption(): Option {
  return new Option("--overwrite", "make parts anew that were made with other options or from other input");
}

/** @throws LeyendaError CONFIG_MISSING or CONFIG_INVALID */
export async function openDataset(dataset: string, options: DatasetOptions, io: Io): Promise<OpenedDataset> {
  const path = await findDataset(dataset, io.cwd);
  const config = await loadDatasetConfig(path, overridesOf(options as Record<string, unknown>));
  return {
    config,
    folders: datasetFolders(config.name, options.dataDir ?? io.env.DATA_DIR ?? "data"),
    workers: options.workers ?? config.workers ?? availableParallelism(),
  };
}

/** An option's whole number from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("expected a whole number from 1.");
  return value;
}
