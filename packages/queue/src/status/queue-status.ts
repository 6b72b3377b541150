import type { Stage, StageName } from "@leyenda/core";
import type { Job } from "bullmq";

import { failedJobs } from "../jobs/failed-jobs.js";
import type { MadePart } from "../jobs/part-job.js";
import type { Queues } from "../jobs/queues.js";
import type { StageProgress } from "../plan/plan-next.js";
import { type BuildRun, buildName } from "../run/build-run.js";
import { buildQueue, type QueueName } from "../run/queue-names.js";

export interface QueueStatus {
  /** Where the build's own job is; null where there is none: the build is complete, or was never enqueued. */
  state: "waiting" | "running" | "failed" | null;
  stages: StageStatus[];
  failures: Failure[];
}

export interface StageStatus {
  stage: StageName;
  /** Null where it is not known yet. */
  parts: number | null;
  done: number;
  running: number;
  failed: number;
  /** Over the parts made last, by all workers together; null where there are none. */
  rowsPerSecond: number | null;
  /** At that rate; null where it is not known, or nothing is left. */
  secondsLeft: number | null;
  stragglers: { part: string; seconds: number }[];
}

/** Something of a build that has failed, after all of its attempts. */
export interface Failure {
  queue: QueueName;
  /** The part; that of the dataset where it is the build itself. */
  name: string;
  error: string;
  attempts: number;
}

export interface QueueStatusOptions extends Pick<BuildRun, "config" | "dataDir"> {
  queues: Queues;
  stages: readonly Pick<Stage, "name" | "planFrom">[];
  /** Parts that have a record, by stage. */
  done: Partial<Record<StageName, number>>;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** A part is a straggler once it takes so many times as long as the median of those made last… */
const stragglerTimes = 3;
/** … and so many seconds. */
const stragglerSeconds = 10;

/** How far a build is that workers are at: what is done the store says, the rest the queue. */
export async function queueStatus(options: QueueStatusOptions): Promise<QueueStatus> {
  const { queues, stages, done, now = Date.now } = options;
  const run = buildName(options);
  const [build] = (
    await queues.of(buildQueue).getJobs(["active", "waiting", "delayed", "waiting-children", "failed"])
  ).filter(({ id }) => id?.startsWith(`${run}-`));
  const progress = (build?.progress ?? {}) as Partial<Record<StageName, StageProgress>>;
  const failures: Failure[] = [];
  const states: StageStatus[] = [];
  for (const [index, { name: stage, planFrom }] of stages.entries()) {
    const before = planFrom === undefined ? undefined : stages[index - 1]?.name;
    const total = progress[stage] ?? (before === undefined ? undefined : progress[before]);
    const failed = await failedJobs(queues, stage, run);
    failures.push(...failed.map((job) => describe(stage, job)));
    states.push({
      stage,
      parts: total?.parts ?? null,
      done: done[stage] ?? 0,
      failed: failed.length,
      ...(await work(queues, stage, run, total, done[stage] ?? 0, now())),
    });
  }
  for (const job of await failedJobs(queues, buildQueue, run)) failures.push(describe(buildQueue, job));
  return { state: build === undefined ? null : await stateOf(build), stages: states, failures };
}

async function stateOf(build: Job): Promise<QueueStatus["state"]> {
  const state = await build.getState();
  if (state === "failed") return "failed";
  return state === "active" || state === "waiting-children" ? "running" : "waiting";
}

async function work(
  queues: Queues,
  stage: StageName,
  run: string,
  total: StageProgress | undefined,
  done: number,
  now: number,
): Promise<Pick<StageStatus, "running" | "rowsPerSecond" | "secondsLeft" | "stragglers">> {
  const isMine = ({ id }: Job): boolean => id?.startsWith(`${run}-`) === true;
  const active = (await queues.of(stage).getActive()).filter(isMine);
  const made = (await queues.of(stage).getCompleted()).filter(
    (job) => isMine(job) && (job.returnvalue as MadePart).seconds > 0,
  );
  const rowsPerSecond = rateOf(made);
  const left = total === undefined || total.parts === 0 ? 0 : total.rows * (1 - done / total.parts);
  const usual = median(made.map((job) => (job.returnvalue as MadePart).seconds));
  const late = Math.max(stragglerSeconds, stragglerTimes * usual);
  const stragglers = active
    .map((job) => ({ part: job.name, seconds: (now - (job.processedOn ?? now)) / 1_000 }))
    .filter(({ seconds }) => made.length > 0 && seconds > late);
  return {
    running: active.length,
    rowsPerSecond,
    secondsLeft: rowsPerSecond === null || left <= 0 ? null : left / rowsPerSecond,
    stragglers,
  };
}

/** Rows a second from the first of these jobs' beginnings to the last one's end. */
function rateOf(made: readonly Job[]): number | null {
  const begun = Math.min(...made.map(({ processedOn, timestamp }) => processedOn ?? timestamp));
  const ended = Math.max(...made.map(({ finishedOn = 0 }) => finishedOn));
  if (!(ended > begun)) return null;
  const rows = made.reduce((sum, job) => sum + (job.returnvalue as MadePart).rows, 0);
  return rows / ((ended - begun) / 1_000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function describe(queue: QueueName, { name, failedReason, attemptsMade }: Job): Failure {
  return { queue, name, error: failedReason, attempts: attemptsMade };
}
