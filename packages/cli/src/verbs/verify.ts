import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import type { Verb } from "../run-cli.js";

/** `leyenda verify <dataset>`: exit code 1 when anything is wrong. */
export function addVerifyVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("verify")
    .description("check every count, hash and picture of a finished dataset");
  addDatasetOptions(command).action(async (dataset: string, options: DatasetOptions) => {
    const { config, folders } = await openDataset(dataset, options, io);
    const { verifyDataset } = await import("@leyenda/shards");
    const { train, validation } = config.select;
    const report = await verifyDataset(folders.dataset, { expected: { train, validation } });
    if (options.json === true) io.out(`${JSON.stringify(report)}\n`);
    else {
      for (const { check, where, message } of report.problems) io.out(`${check}: ${where}: ${message}\n`);
      const verdict = report.ok ? "everything is right" : `${report.problemCount} problem(s)`;
      io.out(`${folders.dataset}: ${report.rows} rows in ${report.shards} shards checked: ${verdict}\n`);
    }
    if (!report.ok) exit(1);
  });
}
