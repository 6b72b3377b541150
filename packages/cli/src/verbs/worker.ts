import { once } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import type { StageName } from "@leyenda/core";
import type { StageWorker, WorkerEvent } from "@leyenda/queue";
import type { Command } from "commander";

import { positiveInteger } from "../options/dataset-options.js";
import {
  addRedisOption,
  buildStages,
  type QueueOptions,
  redisUrl,
  stageCounts,
  stageList,
} from "../options/queue-options.js";
import type { Io } from "../io.js";
import type { Verb } from "../run-cli.js";

interface WorkerVerbOptions extends QueueOptions {
  stages?: StageName[];
  concurrency?: Partial<Record<StageName, number>>;
  lock?: number;
  stalled?: number;
  untilDone?: boolean;
  json?: boolean;
}

/** How often a worker that ends with its work looks whether there is any, milliseconds. */
const lookMs = 1_000;

/** `leyenda worker`: makes parts of whatever is enqueued, until it is told to end. */
export function addWorkerVerb(program: Command, { io }: Verb): void {
  const command = program
    .command("worker")
    .description(
      "make parts for builds that are enqueued, on this machine; SIGTERM lets those under way finish",
    );
  addRedisOption(command)
    .option("--stages <stage,…>", "stages to take parts of (default: all)", stageList)
    .option(
      "--concurrency <stage=n,…>",
      "processes of this worker that make parts of a stage (default: one per core for each)",
      stageCounts,
    )
    .option(
      "--lock <ms>",
      "how long a part stays this worker's without a sign of life (default: 30000)",
      positiveInteger,
    )
    .option("--stalled <ms>", "how often to look for parts of dead workers (default: 15000)", positiveInteger)
    .option("--until-done", "end once no build is in the queue")
    .option("--json", "machine output: one JSON object a line on standard output")
    .action(async (options: WorkerVerbOptions) => {
      const { checkRedis, startWorker } = await import("@leyenda/queue");
      const url = redisUrl(options, io);
      await checkRedis(url);
      const stages = await buildStages();
      const wanted = options.stages ?? stages.map(({ name }) => name);
      const concurrency = Object.fromEntries(
        wanted.map((name) => [name, options.concurrency?.[name] ?? availableParallelism()]),
      );
      const worker = startWorker({
        url,
        stages,
        concurrency,
        ...(options.lock === undefined ? {} : { lockMs: options.lock }),
        ...(options.stalled === undefined ? {} : { stalledMs: options.stalled }),
        onEvent: (event) => {
          if (options.json === true) io.out(`${JSON.stringify(event)}\n`);
          else io.err(`leyenda: ${describe(event)}\n`);
        },
      });
      io.err(`leyenda: waiting for parts of ${wanted.join(", ")}\n`);
      await untilToldOrDone(worker, io, options.untilDone ?? false);
      await worker.close();
    });
}

/** The first signal lets parts finish, a second one drops them. */
async function untilToldOrDone(worker: StageWorker, io: Io, untilDone: boolean): Promise<void> {
  const told = new AbortController();
  io.onSignal(() => {
    if (told.signal.aborted) worker.drop();
    else io.err("leyenda: finishing the parts under way; a second signal drops them\n");
    told.abort();
  });
  const end = once(told.signal, "abort").then(() => true);
  while (!told.signal.aborted) {
    await sleep(lookMs, undefined, { signal: told.signal }).catch(() => undefined);
    // Where the server is gone it waits for it, and a signal does not.
    if (untilDone && (await Promise.race([worker.isIdle(), end]))) return;
  }
}

function describe(event: WorkerEvent): string {
  if (event.type === "made")
    return `${event.queue} ${event.name}: ${event.rows} rows in ${event.seconds.toFixed(1)} s`;
  if (event.type === "failed")
    return `${event.queue} ${event.name} failed (attempt ${event.attempt} of ${event.attempts}): ${event.error}`;
  if (event.type === "stalled") return `${event.queue} ${event.job} has lost its worker, and is tried again`;
  return `${event.queue}: ${event.error}`;
}
