/** A worker process: loads one stage and makes the parts it is told to, until told to close or until its parent is gone. */
import type { FetchConfig } from "../config/dataset-config.js";
import { noteDanger } from "./danger-notes.js";
import { describeDiskError } from "./describe-disk-error.js";
import { makePart } from "./make-part.js";
import type { Danger } from "./danger.js";
import type { Stage, StageContext } from "./stage.js";
import { toWire } from "./wire-error.js";
import { workerState } from "./worker-state.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

type Make = Extract<ToWorker, { type: "make" }>;
type Started = Extract<ToWorker, { type: "start" }> & {
  enter: Danger["enter"];
  stage: Stage<FetchConfig>;
  context: StageContext<FetchConfig>;
};

const abort = new AbortController();
let started: Promise<Started> | undefined;

// The terminal sends Ctrl-C to the whole process group; only the parent decides what it means.
process.on("SIGINT", () => undefined);
// Without a parent there is nobody to commit for: whatever was under way stays under an attempt's name.
process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.type === "start") started = start(message);
  else if (message.type === "make") void make(message);
  else if (message.type === "abort") abort.abort();
  else void close();
});

async function start(message: Extract<ToWorker, { type: "start" }>): Promise<Started> {
  const { stage } = (await import(message.module)) as { stage: Stage<FetchConfig> };
  return { ...message, stage, enter: noteDanger(message.notes) };
}

async function make({ part, careful, fatal }: Make): Promise<void> {
  try {
    if (started === undefined) throw new Error("a part came before the stage");
    const { stage, context, options, enter } = await started;
    const result = await makePart({
      stage,
      part,
      context,
      options,
      signal: abort.signal,
      danger: { enter, careful, fatal: new Map(fatal.map(({ row, end }) => [row, end])) },
      onProgress: (progress) => {
        send({ type: "progress", part: part.name, progress, worker: workerState() });
      },
    });
    send({ type: "made", part: part.name, ...result });
  } catch (error) {
    send({ type: "failed", part: part.name, error: toWire(describeDiskError(error, part.name)) });
  }
}

async function close(): Promise<void> {
  await (await started)?.stage.close?.();
  process.removeAllListeners("disconnect");
  process.disconnect();
}

function send(message: FromWorker): void {
  process.send?.(message);
}
