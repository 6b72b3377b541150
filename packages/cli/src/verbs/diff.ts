import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions } from "../options/dataset-options.js";
import { openFolder } from "../options/open-folder.js";
import type { Verb } from "../run-cli.js";

interface DiffVerbOptions extends DatasetOptions {
  format: string;
}

/** `leyenda diff <A> <B>`: exit code 1 when they differ. */
export function addDiffVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("diff")
    .description("say what differs between two datasets: rows added and gone, captions, pictures, splits")
    .option("--format <name>", "arrow, disk, parquet, webdataset, imagefolder, or auto", "auto");
  addDatasetOptions(command, "dataset or folder A")
    .argument("<other>", "dataset or folder B")
    .action(async (dataset: string, other: string, options: DiffVerbOptions) => {
      const { diffDatasets, renderDiff } = await import("@leyenda/shards");
      const [a, b] = [await openFolder(dataset, options, io), await openFolder(other, options, io)];
      const diff = await diffDatasets(a.folder, b.folder, { format: options.format });
      io.out(options.json === true ? `${JSON.stringify(diff)}\n` : renderDiff(diff));
      if (!diff.equal) exit(1);
    });
}
