import { stat } from "node:fs/promises";
import { join } from "node:path";

import { isBucket, resolvePath } from "@leyenda/core";

import type { Io } from "../io.js";
import { type DatasetOptions, openDataset } from "./dataset-options.js";

/** A folder that holds a finished dataset, and what its config says of it. */
export interface OpenedFolder {
  folder: string;
  /** Rows that each split must have; null for a folder without a config. */
  expected: Record<string, number> | null;
}

/**
 * The dataset folder that an argument means: the folder itself, of any format, on a disk or in a bucket, or the data of a dataset config.
 *
 * @throws LeyendaError CONFIG_MISSING or CONFIG_INVALID
 */
export async function openFolder(name: string, options: DatasetOptions, io: Io): Promise<OpenedFolder> {
  const path = resolvePath(io.cwd, name);
  if (isBucket(path)) return { folder: path, expected: null };
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  const hasConfig = (await stat(join(path, "dataset.json")).catch(() => null)) !== null;
  if (isFolder && !hasConfig) return { folder: path, expected: null };
  const { config, folders } = await openDataset(name, options, io);
  const { train, validation } = config.select;
  return { folder: folders.dataset, expected: { train, validation } };
}
