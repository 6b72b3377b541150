import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { FetchConfig } from "../config/dataset-config.js";
import { LeyendaError } from "../errors.js";
import type { Json } from "../hash/hash-json.js";
import type { Danger, FatalRow } from "./danger.js";
import { noteDanger } from "./danger-notes.js";
import { makePart } from "./make-part.js";
import type { PartPlan, PartProgress, Stage, StageContext, WorkerState } from "./stage.js";
import { fromWire } from "./wire-error.js";
import { workerState } from "./worker-state.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

interface Made {
  /** Whether this attempt's record is the part's. */
  won: boolean;
  seconds: number;
}

/** Something that makes parts: this process, or a worker process. */
export interface PartMaker {
  /** @param signal drops the work under way */
  make: (part: PartPlan, signal: AbortSignal) => Promise<Made>;
  close: () => Promise<void>;
}

export interface MakerOptions<Config extends FetchConfig> {
  stage: Stage<Config>;
  context: StageContext<Config>;
  options: Record<string, Json>;
  onProgress: (part: string, progress: PartProgress, worker: WorkerState) => void;
}

/** A part maker whose process can be ended, and its end be told. */
export interface ProcessMaker extends PartMaker {
  make: (
    part: PartPlan,
    signal: AbortSignal,
    danger?: { careful: boolean; fatal: FatalRow[] },
  ) => Promise<Made>;
  kill: () => void;
  /** A signal or an exit code; undefined while the process lives. */
  ended: () => string | undefined;
}

/** Where nobody outlives the process to learn what ended it. */
const noDanger: Danger = { enter: noteDanger(null), careful: false, fatal: new Map() };

/** How long a worker has to drop its work before it is killed, which loses nothing that is committed. */
const graceMs = 5_000;

/** Place of the notes among the child's file descriptors, after its standard streams and the channel. */
const notesInChild = 4;

/** Makes parts in this process. */
export function localMaker<Config extends FetchConfig>(input: MakerOptions<Config>): PartMaker {
  return {
    make: (part, signal) =>
      makePart({
        ...input,
        part,
        signal,
        danger: noDanger,
        onProgress: (progress) => {
          input.onProgress(part.name, progress, workerState());
        },
      }),
    close: async () => input.stage.close?.(),
  };
}

/**
 * Makes parts in a process of its own: a crash there is an error here, not an end.
 *
 * @param notes open file in which the process notes the rows it is at
 */
export function processMaker<Config extends FetchConfig>(
  { stage, context, options, onProgress }: MakerOptions<Config>,
  notes: number | null = null,
): ProcessMaker {
  const child = fork(fileURLToPath(import.meta.resolve("@leyenda/core/worker")), {
    serialization: "advanced",
    env: { ...stage.environment, ...process.env },
    execArgv: [...process.execArgv, ...(stage.nodeOptions ?? [])],
    // Warnings of native libraries belong on the screen; results come over the channel.
    stdio: ["ignore", "inherit", "inherit", "ipc", notes ?? "ignore"],
  });
  const waiting = new Map<string, { resolve: (made: Made) => void; reject: (error: Error) => void }>();
  const take = (part: string): ReturnType<typeof waiting.get> => {
    const waiter = waiting.get(part);
    waiting.delete(part);
    return waiter;
  };
  let ended: string | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = signal ?? `exit code ${code ?? "unknown"}`;
      for (const part of waiting.keys()) take(part)?.reject(workerDied(stage, part, ended));
      resolve();
    });
  });
  child.on("message", (message: FromWorker) => {
    if (message.type === "progress") onProgress(message.part, message.progress, message.worker);
    else if (message.type === "made") take(message.part)?.resolve(message);
    else take(message.part)?.reject(fromWire(message.error));
  });
  send(child, {
    type: "start",
    module: stage.module,
    context,
    options,
    notes: notes === null ? null : notesInChild,
  });
  const drop = (): void => {
    send(child, { type: "abort" });
    setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
  };
  return {
    make: async (part, signal, { careful, fatal } = { careful: false, fatal: [] }) => {
      signal.throwIfAborted();
      signal.addEventListener("abort", drop, { once: true });
      try {
        return await new Promise((resolve, reject) => {
          if (ended !== undefined) {
            reject(workerDied(stage, part.name, ended));
            return;
          }
          waiting.set(part.name, { resolve, reject });
          send(child, { type: "make", part, careful, fatal });
        });
      } finally {
        signal.removeEventListener("abort", drop);
      }
    },
    kill: () => {
      child.kill("SIGKILL");
    },
    ended: () => ended,
    close: async () => {
      send(child, { type: "close" });
      await exited;
    },
  };
}

function workerDied(stage: { name: string }, part: string, end: string): LeyendaError {
  return new LeyendaError("WORKER_DIED", `a worker process ended (${end}) while it was making ${part}`, {
    where: `stage ${stage.name}, ${part}`,
    hint: "run again: the parts that are done are kept; if it dies again, use fewer --workers (less memory)",
  });
}

function send(child: ChildProcess, message: ToWorker): void {
  // A child that is gone is reported by its exit, to everyone who waits for it.
  if (child.connected) child.send(message, () => undefined);
}
