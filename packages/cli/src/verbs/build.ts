import { readFile } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import type { Command } from "commander";
import { z } from "zod";

import { addDatasetOptions, openDataset, overwriteOption } from "../options/dataset-options.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import { defaultRates, type Rates, ratesSchema } from "../plan/rates.js";
import { planRun } from "../plan/plan-run.js";
import { renderPlan } from "../plan/render-plan.js";
import type { Verb } from "../run-cli.js";
import { runVerbs } from "../run-verb.js";
import { stageVerbs } from "../stage-modules.js";

interface BuildOptions extends RunOptions {
  dryRun?: boolean;
  rates?: string;
}

/** `leyenda build <dataset>`: all stages in one process; with `--dry-run`, what that would take. */
export function addBuildVerb(program: Command, verb: Verb): void {
  const command = program.command("build").description("run all stages, from the list to the report");
  addRunOptions(addDatasetOptions(command))
    .addOption(overwriteOption())
    .option("--dry-run", "print rows, disk, traffic and hours that the build would take, and do nothing")
    .option("--rates <file>", "JSON with your own measured rates for --dry-run")
    .action(async (dataset: string, options: BuildOptions) => {
      const opened = await openDataset(dataset, options, verb.io);
      if (options.dryRun === true) {
        const plan = await planRun(opened.config, opened.workers, await readRates(options.rates));
        verb.io.out(
          options.json === true ? `${JSON.stringify(plan)}\n` : renderPlan(opened.config.name, plan),
        );
      } else await runVerbs(stageVerbs, opened, options, verb);
    });
}

async function readRates(path: string | undefined): Promise<Rates> {
  if (path === undefined) return defaultRates;
  try {
    const given = JSON.parse(await readFile(path, "utf8")) as Partial<Rates>;
    return ratesSchema.parse({ ...defaultRates, ...given });
  } catch (cause) {
    const message = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new LeyendaError("CONFIG_INVALID", `the rates cannot be used: ${message}`, {
      where: `--rates ${path}`,
      expected: `some of ${Object.keys(defaultRates).join(", ")}`,
      cause,
    });
  }
}
