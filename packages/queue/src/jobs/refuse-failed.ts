import { LeyendaError } from "@leyenda/core";

import type { NextParts } from "../plan/plan-next.js";
import { failedJobs } from "./failed-jobs.js";
import { queuesOf } from "./part-flows.js";
import { partJobId } from "./part-job.js";
import type { Queues } from "./queues.js";

/** @throws LeyendaError QUEUE naming a part that is to be made next and has failed, and counting the others */
export async function refuseFailed(queues: Queues, run: string, next: NextParts): Promise<void> {
  for (const queue of queuesOf(next)) {
    const missing = new Set(next.parts.map(({ name }) => partJobId(run, queue, name)));
    const failed = (await failedJobs(queues, queue, run)).filter(({ id }) => missing.has(id ?? ""));
    const [first] = failed;
    if (first === undefined) continue;
    const more = failed.length > 1 ? ` and ${failed.length - 1} more part(s)` : "";
    throw new LeyendaError("QUEUE", `${queue} failed at ${first.name}${more}: ${first.failedReason}`, {
      hint: '"leyenda status" names them all; "leyenda enqueue --retry-failed" tries them again',
    });
  }
}
