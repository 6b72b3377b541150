import { join } from "node:path";

import { resolvePath, runStage } from "@leyenda/core";
import type { ExportFormat } from "@leyenda/shards";
import { type Command, Option } from "commander";

import {
  addDatasetOptions,
  openDataset,
  overwriteOption,
  positiveInteger,
} from "../options/dataset-options.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import type { Verb } from "../run-cli.js";
import { withRun } from "../with-run.js";

interface ExportVerbOptions extends RunOptions {
  format: ExportFormat;
  out?: string;
  split?: "train" | "validation";
  rowsPerShard?: number;
  bytes?: number;
}

// Kept here so that the other verbs do not wait for the libraries of the formats.
const formats = ["parquet", "webdataset", "imagefolder", "hf-disk"] satisfies ExportFormat[];

/** `leyenda export <dataset> --format …` */
export function addExportVerb(program: Command, verb: Verb): void {
  const command = program.command("export").description("write a finished dataset in another format");
  addRunOptions(addDatasetOptions(command))
    .addOption(overwriteOption())
    .optionsGroup("Options of the export:")
    .addOption(new Option("--format <format>", "what to write").choices(formats).makeOptionMandatory())
    .option("--out <folder>", "where to (default: exported/<format> beside the dataset)")
    .addOption(new Option("--split <split>", "only this split").choices(["train", "validation"]))
    .option("--rows-per-shard <n>", "most rows in a shard (default: the dataset's shards)", positiveInteger)
    .option("--bytes <n>", "about the most bytes in a shard", positiveInteger)
    .action(async (dataset: string, options: ExportVerbOptions) => {
      const { config, folders, workers } = await openDataset(dataset, options, verb.io);
      const { exportStage } = await import("@leyenda/shards");
      const { format, split, rowsPerShard, bytes } = options;
      const exported =
        options.out === undefined ? join(folders.exported, format) : resolvePath(verb.io.cwd, options.out);
      await withRun(options, verb, async (hooks) => {
        const stage = exportStage({ format, split, rowsPerShard, bytesPerShard: bytes });
        const { complete } = await runStage(stage, {
          config,
          folders: { ...folders, exported },
          workers,
          overwrite: options.overwrite ?? false,
          ...hooks,
        });
        return complete;
      });
    });
}
