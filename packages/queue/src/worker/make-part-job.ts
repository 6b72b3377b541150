import { findPart, type Stage } from "@leyenda/core";
import type { Job } from "bullmq";

import { type MadePart, type PartJob, partJobSchema } from "../jobs/part-job.js";
import type { Queues } from "../jobs/queues.js";
import { foldersOf } from "../run/build-run.js";
import type { KnownRuns } from "./known-runs.js";
import type { Makers } from "./makers.js";
import type { PartPlanner } from "./part-planner.js";

/** How often a job tells of its rows, milliseconds. */
const tellMs = 5_000;

export interface PartTools {
  stage: Stage;
  queues: Queues;
  runs: KnownRuns;
  planner: PartPlanner;
  makers: Makers;
  /** Drops the work. */
  signal: AbortSignal;
}

/** Makes the part that a job asks for, unless it is there. */
export async function makePartJob(job: Job, tools: PartTools): Promise<MadePart> {
  const { stage, queues, runs, planner, makers, signal } = tools;
  const data: PartJob = partJobSchema.parse(job.data);
  const run = await runs.get(data.run);
  // Read each time: it may be changed while a build goes on.
  const workers = (await queues.of(stage.name).getGlobalConcurrency()) ?? 1;
  const context = { config: run.config, folders: foldersOf(run), workers };
  const { part, options } = await planner.plan(data, context);
  const { record } = await findPart(stage, context, part);
  if (record !== null) return { rows: record.rows, seconds: 0 };
  let rows = 0;
  const timer = setInterval(() => {
    // A figure for people; where it does not arrive, the next one does.
    job.updateProgress({ rows, of: part.rows }).catch(() => undefined);
  }, tellMs);
  try {
    const key = `${data.run} ${workers}`;
    const onRows = (more: number): void => {
      rows += more;
    };
    const { seconds } = await makers.make({ key, stage, context, options, part, signal, onRows });
    return { rows: part.rows, seconds };
  } finally {
    clearInterval(timer);
  }
}
