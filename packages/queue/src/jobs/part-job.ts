import type { FlowJobNode, JobsOptions } from "bullmq";
import { z } from "zod";

import type { BuildRun } from "../run/build-run.js";
import { prefix } from "../run/queue-names.js";

/** What stands in a part's job. The rest is the run's, so that a job stays small. */
export const partJobSchema = z.strictObject({
  /** Id of the run's own job, which holds config and folder. */
  run: z.string(),
  part: z.string(),
  /** Of what it is made from, where that is known: a worker that would make it from something else says so. */
  inputHash: z.string().nullable(),
  /** Of the stage's options, likewise. */
  configHash: z.string(),
});

export type PartJob = z.infer<typeof partJobSchema>;

/** What a job that made a part comes to. */
export interface MadePart {
  rows: number;
  /** 0 where the part was there already. */
  seconds: number;
}

/** Made parts whose jobs are kept in each queue, for rates and to look at. The truth is in the records. */
export const keptJobs = 100;

/** No colon, which separates the parts of a key. */
export function partJobId(run: string, stage: string, part: string): string {
  return `${run}-${stage}-${part}`;
}

export function jobOptions({ attempts, backoffMs }: Pick<BuildRun, "attempts" | "backoffMs">): JobsOptions {
  return {
    attempts,
    backoff: { type: "exponential", delay: backoffMs },
    removeOnComplete: { count: keptJobs },
    // Of a failure that is looked at, the first lines tell.
    stackTraceLimit: 1,
  };
}

/** The job that makes a part; its id is the same whoever adds it and whenever. */
export function partJob(stage: string, job: PartJob, options: JobsOptions): FlowJobNode {
  return {
    name: job.part,
    queueName: stage,
    prefix,
    data: job,
    opts: { ...options, jobId: partJobId(job.run, stage, job.part) },
  };
}
