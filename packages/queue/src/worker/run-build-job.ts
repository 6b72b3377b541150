import type { Stage } from "@leyenda/core";
import { type Job, WaitingChildrenError } from "bullmq";

import { addNext } from "../jobs/add-next.js";
import type { Queues } from "../jobs/queues.js";
import { refuseFailed } from "../jobs/refuse-failed.js";
import { planInThread } from "../plan/plan-in-thread.js";
import type { StageProgress } from "../plan/plan-next.js";
import { foldersOf, parseBuildRun, runId } from "../run/build-run.js";

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
  if (next === null) return null;
  const id = runId(run);
  await refuseFailed(queues, id, next);
  await addNext(queues, run, next);
  if (await job.moveToWaitingChildren(token ?? "")) throw new WaitingChildrenError();
  // They had all ended before it could wait for them.
  throw new Error("the parts came to an end at once; the build looks again");
}
