import type { Command } from "commander";

import {
  addDatasetOptions,
  type DatasetOptions,
  openDataset,
  overwriteOption,
} from "../options/dataset-options.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";
import { type StageVerb, stageVerbs } from "../stage-modules.js";

const descriptions: Record<StageVerb, string> = {
  fetch: "download the list's pictures: bytes and an outcome for every row",
  clean: "decode, check and resize the pictures; drop duplicates; choose the splits",
  translate: "translate the chosen captions",
  shards: "write the Arrow shards, the data card and the manifest",
  eval: "score the translations and write the report",
};

/** `leyenda fetch|clean|translate|shards|eval <dataset>` */
export function addStageVerbs(program: Command, verb: Verb): void {
  for (const name of stageVerbs) {
    const command = program.command(name).description(descriptions[name]);
    addDatasetOptions(command)
      .addOption(overwriteOption())
      .action(async (dataset: string, options: DatasetOptions) => {
        await runVerbs([name], await openDataset(dataset, options, verb.io), options, verb);
      });
  }
}
