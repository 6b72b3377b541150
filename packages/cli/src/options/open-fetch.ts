import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import {
  type DatasetFolders,
  datasetFolders,
  type FetchConfig,
  type FetchConfigInput,
  LeyendaError,
  makeFetchConfig,
  resolvePath,
  storeOf,
  writeFileAtomically,
} from "@leyenda/core";

import type { Io } from "../io.js";
import { overridesOf } from "./config-flags.js";
import { type DatasetOptions, openDataset } from "./dataset-options.js";

/** What a download on its own was started with, beside its data. */
const keptName = "fetch.json";

export interface FetchOpenOptions extends DatasetOptions {
  out?: string;
}

export interface OpenedFetch {
  config: FetchConfig;
  folders: DatasetFolders;
  workers: number;
  /** Whether there is no dataset config: a download on its own. */
  isList: boolean;
}

/**
 * What is to be downloaded, and where to: a dataset, a bare list (with `--out`, or a file that is no config, or a URL), or
 * the folder of an earlier download on its own.
 *
 * @throws LeyendaError CONFIG_MISSING or CONFIG_INVALID
 */
export async function openFetch(what: string, options: FetchOpenOptions, io: Io): Promise<OpenedFetch> {
  const path = resolve(io.cwd, what);
  const found = await stat(path).catch(() => null);
  const kept = found?.isDirectory() === true ? await readKept(join(path, keptName)) : null;
  if (kept !== null) return open(kept, path, options);
  const isRemote = /^[a-z]+:\/\//i.test(what);
  if (options.out === undefined && !isRemote && !(found?.isFile() === true && !what.endsWith(".json")))
    return { ...(await openDataset(what, options, io)), isList: false };
  const name = basename(what).replace(/\.[^/]*$/, "");
  const out = resolvePath(io.cwd, options.out ?? join(options.dataDir ?? io.env.DATA_DIR ?? "data", name));
  return open({ source: { path: isRemote ? what : path } }, out, options);
}

/** Keeps the config of a download on its own with its data, so that the folder alone is enough to go on. */
export async function keepConfig(opened: OpenedFetch, { overwrite }: FetchOpenOptions): Promise<void> {
  if (!opened.isList) return;
  const path = join(opened.folders.root, keptName);
  if (overwrite !== true && (await readKept(path)) !== null) return;
  const { source, fetch, workers } = opened.config;
  await storeOf(path).prepare(opened.folders.root);
  const kept: FetchConfigInput = { source, fetch, workers };
  await writeFileAtomically(path, `${JSON.stringify(kept, null, 2)}\n`);
}

function open(input: FetchConfigInput, out: string, options: FetchOpenOptions): OpenedFetch {
  const config = makeFetchConfig(input, out, overridesOf(options as Record<string, unknown>));
  return {
    config,
    folders: datasetFolders(basename(out), dirname(out)),
    workers: options.workers ?? config.workers ?? availableParallelism(),
    isList: true,
  };
}

async function readKept(path: string): Promise<FetchConfigInput | null> {
  const content = await storeOf(path).read(path);
  if (content === null) return null;
  try {
    // Checked, like any other config, once the flags are laid over it.
    return JSON.parse(content.toString("utf8")) as FetchConfigInput;
  } catch (cause) {
    throw new LeyendaError("CONFIG_INVALID", "not JSON", {
      where: path,
      hint: "delete it, and give the list and --out again",
      cause,
    });
  }
}
