import {
  type DatasetConfig,
  datasetConfigSchema,
  type DatasetFolders,
  datasetFolders,
  hashJson,
  type Json,
} from "@leyenda/core";
import { z } from "zod";

const buildRunSchema = z.strictObject({
  dataDir: z.string(),
  config: datasetConfigSchema,
  overwrite: z.boolean(),
  attempts: z.int().positive(),
  backoffMs: z.int().nonnegative(),
});

/** A build of one dataset in one data folder: what workers are told of it. */
export interface BuildRun {
  /** Absolute, or a store's URL: the same for every worker. */
  dataDir: string;
  /** Its paths are absolute: workers find lists and models where whoever enqueued found them. */
  config: DatasetConfig;
  /** Make parts anew that were made with other options or from other input. */
  overwrite: boolean;
  /** How often a job is tried. */
  attempts: number;
  /** Before the second try, milliseconds; doubles each time. */
  backoffMs: number;
}

/** What a run's job holds, checked: whoever reaches the server may have put it there. */
export function parseBuildRun(data: unknown): BuildRun {
  return buildRunSchema.parse(data);
}

export function foldersOf({ config, dataDir }: Pick<BuildRun, "config" | "dataDir">): DatasetFolders {
  return datasetFolders(config.name, dataDir);
}

/**
 * Id of a run, and the beginning of its jobs' ids: the same for the same dataset, folder and options, so that enqueueing again adds
 * nothing twice.
 */
export function runId(run: Pick<BuildRun, "config" | "dataDir">): string {
  // As it comes out of the queue again: without what is undefined.
  const config = JSON.parse(JSON.stringify(run.config)) as Json;
  return `${buildName(run)}-${hashJson(config).slice(0, 8)}`;
}

/** What ids of all runs that write into the same folder begin with. */
export function buildName(run: Pick<BuildRun, "config" | "dataDir">): string {
  return `${run.config.name}-${hashJson(foldersOf(run).root).slice(0, 8)}`;
}
