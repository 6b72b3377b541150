import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { LeyendaError } from "../errors.js";
import type { Json } from "../hash/hash-json.js";
import { makePart } from "./make-part.js";
import type { PartPlan, PartProgress, Stage, StageContext } from "./stage.js";
import { fromWire } from "./wire-error.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

/** Something that makes parts: this process, or a worker process. */
export interface PartMaker {
  make: (part: PartPlan) => Promise<{ won: boolean; seconds: number }>;
  close: () => Promise<void>;
}

interface MakerOptions {
  stage: Stage;
  context: StageContext;
  options: Record<string, Json>;
  /** Drops the work under way. */
  signal: AbortSignal;
  onProgress: (progress: PartProgress) => void;
}

/** Makes parts in this process. */
export function localMaker(input: MakerOptions): PartMaker {
  return {
    make: (part) => makePart({ ...input, part }),
    close: async () => input.stage.close?.(),
  };
}

/** Makes parts in a process of its own: a crash there is an error here, not an end. */
export function processMaker(input: MakerOptions): PartMaker {
  const { stage, context, options, signal, onProgress } = input;
  const child = fork(fileURLToPath(import.meta.resolve("@leyenda/core/worker")), {
    serialization: "advanced",
    // Warnings of native libraries belong on the screen; results come over the channel.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<
    string,
    { resolve: (made: { won: boolean; seconds: number }) => void; reject: (error: Error) => void }
  >();
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, exitSignal) => {
      const end = exitSignal ?? `exit code ${code ?? "unknown"}`;
      for (const [part, { reject }] of waiting) {
        reject(
          new LeyendaError("WORKER_DIED", `a worker process ended (${end}) while it was making ${part}`, {
            where: `stage ${stage.name}, ${part}`,
            hint: "run again: the parts that are done are kept; if it dies again, use fewer --workers (memory) and report it",
          }),
        );
      }
      resolve();
    });
  });
  child.on("message", (message: FromWorker) => {
    if (message.type === "progress") onProgress(message.progress);
    else if (message.type === "made") settle(waiting, message.part)?.resolve(message);
    else if (message.type === "failed") settle(waiting, message.part)?.reject(fromWire(message.error));
  });
  signal.addEventListener("abort", () => {
    send(child, { type: "abort" });
  });
  send(child, { type: "start", module: stage.module, context, options });
  return {
    make: (part) =>
      new Promise((resolve, reject) => {
        waiting.set(part.name, { resolve, reject });
        send(child, { type: "make", part });
      }),
    close: async () => {
      send(child, { type: "close" });
      await exited;
    },
  };
}

function settle<Value>(map: Map<string, Value>, key: string): Value | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}

function send(child: ChildProcess, message: ToWorker): void {
  // A child that is gone is reported by its exit, to everyone who waits for it.
  if (child.connected) child.send(message, () => undefined);
}
