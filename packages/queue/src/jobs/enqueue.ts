import { LeyendaError, type Stage, type StageName } from "@leyenda/core";

import { planNext, type StageProgress } from "../plan/plan-next.js";
import { type BuildRun, buildName, foldersOf, runId } from "../run/build-run.js";
import { buildQueue } from "../run/queue-names.js";
import { addNext } from "./add-next.js";
import { failedJobs } from "./failed-jobs.js";
import type { Queues } from "./queues.js";
import { removeJobs } from "./remove-jobs.js";

export interface EnqueueOptions extends Pick<BuildRun, "config" | "dataDir"> {
  queues: Queues;
  /** All stages of a build, in order. */
  stages: readonly Stage[];
  /** Make parts anew that were made with other options or from other input. @default false */
  overwrite?: boolean;
  /** How often a job is tried. @default 5 */
  attempts?: number;
  /** Before the second try, milliseconds; doubles each time. @default 5_000 */
  backoffMs?: number;
  /** Try again what has failed. @default false */
  retryFailed?: boolean;
  /**
   * Parts of a stage that all workers together make at the same time. Processes that fetch share what a host may be asked by this.
   *
   * @default fetch: `fetch.connectionsPerHost`; the others have none
   */
  limits?: Partial<Record<StageName, number>>;
  onWarning?: (message: string) => void;
}

export interface Enqueued {
  /** Id of the run. */
  run: string;
  /** The stage whose parts were added; null where the build is complete, and there was nothing to do. */
  stage: StageName | null;
  /** Parts of that stage that are missing. */
  missing: number;
  /** Parts that have failed, and were left so. */
  failed: number;
}

/**
 * Lists what is missing of a build and adds it to the queue. Repeating it adds nothing twice; where the server has lost everything,
 * it adds what is still missing.
 *
 * @throws LeyendaError as the stages' plans do; QUEUE where the same folder is being built with other options
 */
export async function enqueue(options: EnqueueOptions): Promise<Enqueued> {
  const { queues, stages, config, dataDir, overwrite = false, attempts = 5, backoffMs = 5_000 } = options;
  const build: BuildRun = { config, dataDir, overwrite, attempts, backoffMs };
  const run = runId(build);
  await settleOthers(queues, stages, buildName(build), run);
  const progress: Partial<Record<StageName, StageProgress>> = {};
  const next = await planNext(stages, {
    config,
    folders: foldersOf(build),
    overwrite,
    finish: false,
    onStage: (stage, reached) => {
      progress[stage] = reached;
    },
    ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
  });
  if (next === null) return { run, stage: null, missing: 0, failed: 0 };
  await setLimits(queues, stages, { fetch: config.fetch.connectionsPerHost, ...options.limits });
  const failed = await settleFailed(queues, stages, run, options.retryFailed ?? false);
  await addNext(queues, build, next);
  await (await queues.of(buildQueue).getJob(run))?.updateProgress(progress);
  return { run, stage: next.stage, missing: next.parts.length, failed };
}

/** Those of an earlier build do not stay. */
async function setLimits(
  queues: Queues,
  stages: readonly Stage[],
  limits: Partial<Record<StageName, number>>,
): Promise<void> {
  for (const { name } of stages) {
    const limit = limits[name];
    if (limit === undefined) await queues.of(name).removeGlobalConcurrency();
    else await queues.of(name).setGlobalConcurrency(limit);
  }
}

/** Two runs with other options would refuse each other's parts; one that has failed makes way. */
async function settleOthers(
  queues: Queues,
  stages: readonly Stage[],
  name: string,
  run: string,
): Promise<void> {
  const isOther = ({ id }: { id?: string | undefined }): boolean =>
    id !== undefined && id !== run && id.startsWith(`${name}-`);
  const live = await queues.of(buildQueue).getJobs(["active", "waiting", "delayed", "waiting-children"]);
  const other = live.find(isOther);
  if (other !== undefined)
    throw new LeyendaError("QUEUE", "this dataset is in the queue already, with other options", {
      where: other.id ?? name,
      hint: 'let it come to its end, or take it out with "leyenda enqueue --cancel"',
    });
  for (const { id = "" } of (await queues.of(buildQueue).getFailed()).filter(isOther))
    await removeJobs(queues, stages, id);
}

/**
 * Failed jobs go where they are to be tried again: one that is added under the same id would be taken for them. The build's own job
 * always does, so that it looks again.
 *
 * @returns parts that stay failed
 */
async function settleFailed(
  queues: Queues,
  stages: readonly Stage[],
  run: string,
  retry: boolean,
): Promise<number> {
  let left = 0;
  for (const queue of [buildQueue, ...stages.map(({ name }) => name)] as const) {
    const failed = await failedJobs(queues, queue, run);
    if (!retry && queue !== buildQueue) left += failed.length;
    else for (const job of failed) await job.remove({ removeChildren: false });
  }
  return left;
}
