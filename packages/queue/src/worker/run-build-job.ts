import type { Stage } from "@leyenda/core";
import { type Job, WaitingChildrenError } from "bullmq";

import { addNext } from "../jobs/add-next.js";
import type { Queues } from "../jobs/queues.js";
import { refuseFailed } from "../jobs/refuse-failed.js";
import { planInThread } from "../plan/plan-in-thread.js";
import type { NextParts, StageProgress } from "../plan/plan-next.js";
import { type BuildRun, foldersOf, parseBuildRun, runId } from "../run/build-run.js";

/**
 * Sees a build through: writes the manifests of stages whose parts are all there, adds the parts of the next one below itself, and
 * waits for them; when they have come to an end, it is run again.
 */
export async function runBuildJob(
  job: Job,
  token: string | undefined,
  queues: Queues,
  stages: readonly Stage[],
): Promise<null> {
  const run = parseBuildRun(job.data);
  const id = runId(run);
  for (;;) {
    const next = await planAndTell(job, run, stages);
    if (next === null) return null;
    await refuseFailed(queues, id, next);
    await addNext(queues, run, next);
    if (await job.moveToWaitingChildren(token ?? "")) throw new WaitingChildrenError();
    // They came to an end before it could wait for them.
  }
}

async function planAndTell(job: Job, run: BuildRun, stages: readonly Stage[]): Promise<NextParts | null> {
  const progress: Partial<Record<Stage["name"], StageProgress>> = {};
  const warnings: string[] = [];
  const next = await planInThread(
    {
      config: run.config,
      folders: foldersOf(run),
      overwrite: run.overwrite,
      modules: stages.map(({ module }) => module),
    },
    {
      onStage: (stage, reached) => {
        progress[stage] = reached;
      },
      onWarning: (message) => {
        warnings.push(message);
      },
    },
  );
  await job.updateProgress(progress);
  for (const message of warnings) await job.log(message);
  return next;
}
