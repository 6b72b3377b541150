import type { Stage } from "@leyenda/core";

import { buildQueue } from "../run/queue-names.js";
import type { Queues } from "./queues.js";

/**
 * Takes jobs out of all queues. Parts that are being made are finished; nothing that was made is lost.
 *
 * @param run id of a run, or what the ids of several begin with
 * @returns how many were taken out
 */
export async function removeJobs(queues: Queues, stages: readonly Stage[], run: string): Promise<number> {
  let removed = 0;
  for (const queue of [buildQueue, ...stages.map(({ name }) => name)] as const) {
    const jobs = await queues
      .of(queue)
      .getJobs(["waiting", "delayed", "waiting-children", "prioritized", "failed"]);
    for (const job of jobs) {
      if (job.id !== run && job.id?.startsWith(`${run}-`) !== true) continue;
      // Its children have queues of their own, and their turn comes.
      await job.remove({ removeChildren: false });
      removed += 1;
    }
  }
  return removed;
}
