import type { Command } from "commander";

import { addDatasetOptions, openDataset, overwriteOption } from "../options/dataset-options.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";
import { type StageVerb, stageVerbs } from "../stage-modules.js";

const descriptions: Record<Exclude<StageVerb, "fetch" | "translate" | "eval">, string> = {
  clean: "decode, check and resize the pictures; drop duplicates; choose the splits",
  shards: "write the Arrow shards, the data card and the manifest",
};

/** `leyenda clean|shards <dataset>` */
export function addStageVerbs(program: Command, verb: Verb): void {
  for (const name of stageVerbs) {
    if (name === "fetch" || name === "translate" || name === "eval") continue;
    const command = program.command(name).description(descriptions[name]);
    addRunOptions(addDatasetOptions(command))
      .addOption(overwriteOption())
      .action(async (dataset: string, options: RunOptions) => {
        await runVerbs([name], await openDataset(dataset, options, verb.io), options, verb);
      });
  }
}
