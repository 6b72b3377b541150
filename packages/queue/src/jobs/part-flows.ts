import type { StageName } from "@leyenda/core";
import type { FlowJobNode } from "bullmq";

import type { NextParts } from "../plan/plan-next.js";
import type { BuildRun } from "../run/build-run.js";
import { jobOptions, partJob } from "./part-job.js";

/**
 * The jobs that make what comes next: one a part, or, where the stage after it can be made part by part, two: the later one waits for
 * the earlier one, and fails with it.
 */
export function partFlows(run: string, next: NextParts, build: BuildRun): FlowJobNode[] {
  const { stage, configHash, parts, then } = next;
  const options = jobOptions(build);
  // The build goes on when all have come to an end, and says then what has failed.
  const last = { ...options, ignoreDependencyOnFailure: true };
  return parts.map(({ name: part, inputHash }) => {
    const job = { run, part, inputHash, configHash };
    if (then === null) return partJob(stage, job, last);
    return {
      ...partJob(then.stage, { run, part, inputHash: null, configHash: then.configHash }, last),
      children: [partJob(stage, job, { ...options, failParentOnFailure: true })],
    };
  });
}

/** The queues that those jobs go into. */
export function queuesOf({ stage, then }: NextParts): StageName[] {
  return then === null ? [stage] : [stage, then.stage];
}
