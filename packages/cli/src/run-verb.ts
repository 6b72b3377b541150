import { runStage } from "@leyenda/core";

import type { OpenedDataset } from "./options/dataset-options.js";
import type { RunOptions } from "./options/run-options.js";
import type { Verb } from "./run-cli.js";
import { type StageVerb, stageModules } from "./stage-modules.js";
import { withRun } from "./with-run.js";

/** Runs the stages of some verbs in order, as far as it is let. */
export async function runVerbs(
  verbs: readonly StageVerb[],
  { config, folders, workers }: OpenedDataset,
  options: RunOptions,
  verb: Verb,
): Promise<void> {
  await withRun(options, verb, async (hooks) => {
    for (const name of verbs) {
      for (const load of stageModules[name]) {
        const { complete } = await runStage(await load(), {
          config,
          folders,
          workers,
          // A report can always be made again, so there is nothing to protect.
          overwrite: options.overwrite === true || name === "eval",
          ...hooks,
        });
        if (!complete || hooks.drain.aborted) return false;
      }
    }
    return true;
  });
}
