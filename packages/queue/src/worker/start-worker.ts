import type { Stage, StageName } from "@leyenda/core";
import { type Job, Worker, WaitingChildrenError } from "bullmq";

import { Queues } from "../jobs/queues.js";
import { WorkerRedis } from "../redis/worker-redis.js";
import { buildQueue, prefix, type QueueName } from "../run/queue-names.js";
import { describeFailure } from "./describe-failure.js";
import { KnownRuns } from "./known-runs.js";
import { Makers } from "./makers.js";
import { makePartJob } from "./make-part-job.js";
import { PartPlanner } from "./part-planner.js";
import { runBuildJob } from "./run-build-job.js";

export interface WorkerOptions {
  /** Of a server that `checkRedis` has found fit. */
  url: string;
  /** All stages of a build, in order; those that are asked for are among them. */
  stages: readonly Stage[];
  /** Processes that make parts, by stage; a stage that is not there is left to other workers. */
  concurrency: Partial<Record<StageName, number>>;
  /** How long a job is this worker's without a sign of life, milliseconds. @default 30_000 */
  lockMs?: number;
  /** How often jobs are looked for whose worker gives no sign of life, milliseconds. @default 15_000 */
  stalledMs?: number;
  onEvent?: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  | { type: "made"; queue: QueueName; name: string; rows: number; seconds: number }
  | { type: "failed"; queue: QueueName; name: string; error: string; attempt: number; attempts: number }
  | { type: "stalled"; queue: QueueName; job: string }
  | { type: "trouble"; queue: QueueName; error: string };

export interface StageWorker {
  /** Takes no further job, waits for those under way, and closes. What is made while the server is gone waits for it, to be noted. */
  close: () => Promise<void>;
  /** Drops the parts under way, which others then make; a `close` before or after it ends in seconds. */
  drop: () => void;
  /** Whether no build is in the queue, waiting or under way. */
  isIdle: () => Promise<boolean>;
}

/** Times that a job may lose its worker. */
const mostStalls = 10;

/** How long the server may take to note what was dropped, milliseconds; then it finds that out by itself. */
const droppedMs = 5_000;

/** For how long a trouble that goes on is not told again, milliseconds. */
const toldMs = 10_000;

/** Builds that one worker sees through at a time; they mostly wait. */
const buildsAtATime = 4;

/** Takes jobs from the queues of some stages, and from that of builds, until it is closed. */
export function startWorker(options: WorkerOptions): StageWorker {
  const { url, stages, concurrency, onEvent } = options;
  const redis = new WorkerRedis(url);
  const queues = new Queues(redis);
  const runs = new KnownRuns(queues);
  const abort = new AbortController();
  const allMakers: Makers[] = [];
  /** When each trouble was last told. */
  const told = new Map<string, number>();
  const workers = stages.flatMap((stage, index) => {
    const processes = concurrency[stage.name] ?? 0;
    if (processes === 0) return [];
    const makers = new Makers();
    allMakers.push(makers);
    const planner = new PartPlanner(stage, stages[index - 1]);
    const tools = { stage, queues, runs, planner, makers, signal: abort.signal };
    return [open(stage.name, processes, (job) => makePartJob(job, tools))];
  });
  workers.push(open(buildQueue, buildsAtATime, (job, token) => runBuildJob(job, token, queues, stages)));

  function open(
    queue: QueueName,
    atATime: number,
    work: (job: Job, token: string | undefined) => Promise<unknown>,
  ): Worker {
    const worker = new Worker(
      queue,
      async (job, token) => {
        try {
          return await work(job, token);
        } catch (error) {
          throw error instanceof WaitingChildrenError ? error : describeFailure(error);
        }
      },
      {
        connection: redis,
        prefix,
        concurrency: atATime,
        lockDuration: options.lockMs ?? 30_000,
        stalledInterval: options.stalledMs ?? 15_000,
        maxStalledCount: mostStalls,
      },
    );
    worker.on("completed", (job, result: unknown) => {
      const { rows = 0, seconds = 0 } = (result ?? {}) as { rows?: number; seconds?: number };
      onEvent?.({ type: "made", queue, name: job.name, rows, seconds });
    });
    worker.on("failed", (job, { message }) => {
      const { name = "", attemptsMade = 0, opts } = job ?? {};
      onEvent?.({
        type: "failed",
        queue,
        name,
        error: message,
        attempt: attemptsMade,
        attempts: opts?.attempts ?? 1,
      });
    });
    worker.on("stalled", (job) => onEvent?.({ type: "stalled", queue, job }));
    worker.on("error", ({ message }) => {
      tellTrouble(queue, message);
    });
    return worker;
  }

  function tellTrouble(queue: QueueName, error: string): void {
    const now = Date.now();
    if (now - (told.get(error) ?? -Infinity) < toldMs) return;
    told.set(error, now);
    onEvent?.({ type: "trouble", queue, error });
  }

  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(allMakers.map((makers) => makers.close()));
      await queues.close();
      redis.disconnectAll();
    },
    drop: () => {
      abort.abort(new Error("the worker was told to drop its work"));
      setTimeout(() => {
        redis.disconnectAll();
      }, droppedMs).unref();
    },
    isIdle: async () => {
      const {
        active = 0,
        waiting = 0,
        delayed = 0,
        ...counts
      } = await queues.of(buildQueue).getJobCounts("active", "waiting", "delayed", "waiting-children");
      return active + waiting + delayed + (counts["waiting-children"] ?? 0) === 0;
    },
  };
}
