import type { FlowJobNode, FlowJob } from "bullmq";

import type { NextParts } from "../plan/plan-next.js";
import { type BuildRun, runId } from "../run/build-run.js";
import { buildQueue, prefix } from "../run/queue-names.js";
import { partFlows, queuesOf } from "./part-flows.js";
import { jobOptions, partJobId } from "./part-job.js";
import type { Queues } from "./queues.js";

/** Flows that are added in one transaction: Redis does nothing else meanwhile. */
const flowsInBatch = 1_000;

/**
 * Adds the jobs of what comes next below the run's own job, which waits for them, and that one too where it is not there. Jobs that
 * are there already stay as they are.
 */
export async function addNext(queues: Queues, build: BuildRun, next: NextParts): Promise<void> {
  const run = runId(build);
  await forgetMade(queues, run, next);
  const flows = partFlows(run, next, build);
  const root: FlowJob = {
    name: build.config.name,
    queueName: buildQueue,
    prefix,
    data: build,
    opts: { ...jobOptions(build), jobId: run, removeOnComplete: true },
  };
  await queues.flows.add({ ...root, children: flows.slice(0, flowsInBatch) });
  for (let start = flowsInBatch; start < flows.length; start += flowsInBatch)
    await queues.flows.addBulk(flows.slice(start, start + flowsInBatch).map((flow) => under(run, flow)));
}

function under(run: string, flow: FlowJobNode): FlowJob {
  return {
    ...flow,
    opts: { ...flow.opts, parent: { id: run, queue: `${prefix}:${buildQueue}` } },
  };
}

/** A part that is missing though its job is kept as done was removed since; a job of that id would not be made again. */
async function forgetMade(queues: Queues, run: string, next: NextParts): Promise<void> {
  for (const queue of queuesOf(next)) {
    const missing = new Set(next.parts.map(({ name }) => partJobId(run, queue, name)));
    for (const job of await queues.of(queue).getCompleted())
      if (job.id !== undefined && missing.has(job.id)) await job.remove();
  }
}
