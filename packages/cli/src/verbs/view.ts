import { dirname, join } from "node:path";

import { datasetFolders, loadDatasetConfig, resolvePath, storeOf } from "@leyenda/core";
import type { ViewFolders } from "@leyenda/view";
import type { Command } from "commander";

import type { Io } from "../io.js";
import { findDataset } from "../options/find-dataset.js";
import { isLoopback } from "../options/is-loopback.js";
import { portNumber } from "../options/port-number.js";
import type { Verb } from "../run-cli.js";

interface ViewOptions {
  dataDir?: string;
  port?: number;
  host?: string;
}

/** `leyenda view <dataset>`: serves a page to look at it until Ctrl-C. */
export function addViewVerb(program: Command, { io }: Verb): void {
  program
    .command("view")
    .description("look at a finished dataset, and at what was left out, in a browser")
    .argument(
      "<dataset>",
      "name of a folder in datasets/, path of a dataset.json, or a finished dataset's folder",
    )
    .option("--data-dir <folder>", "where the data is (default: $DATA_DIR, else ./data)")
    .option("--port <port>", "port of the page; 0 takes a free one (default: 8420)", portNumber)
    .option("--host <address>", "address to serve it at (default: 127.0.0.1, for this machine alone)")
    .action(async (dataset: string, { dataDir, ...options }: ViewOptions) => {
      const { startViewer } = await import("@leyenda/view");
      const viewer = await startViewer({ folders: await foldersOf(dataset, dataDir, io), ...options });
      if (options.host !== undefined && !isLoopback(options.host))
        io.err(
          "leyenda: whoever reaches this address sees all pictures and captions: there is no password\n",
        );
      io.out(`${viewer.url}\n`);
      io.err("leyenda: open this address in a browser; Ctrl-C ends it\n");
      await new Promise<void>((done) => {
        const stopListening = io.onSignal(() => {
          stopListening();
          done();
        });
      });
      await viewer.close();
    });
}

/** A folder with a manifest is the dataset itself, such as one that was downloaded; the stages' folders may lie beside it. */
async function foldersOf(dataset: string, dataDir: string | undefined, io: Io): Promise<ViewFolders> {
  const direct = resolvePath(io.cwd, dataset);
  const manifest = join(direct, "manifest.json");
  if ((await storeOf(manifest).size(manifest)) !== null) {
    const beside = (name: string): string => join(dirname(direct), name);
    return {
      dataset: direct,
      fetched: beside("fetched"),
      clean: beside("clean"),
      selected: beside("selected"),
      translated: beside("translated"),
    };
  }
  const { name } = await loadDatasetConfig(await findDataset(dataset, io.cwd));
  return datasetFolders(name, dataDir ?? io.env.DATA_DIR ?? "data");
}
