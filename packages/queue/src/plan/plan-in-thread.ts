import { Worker } from "node:worker_threads";

import { fromWire } from "@leyenda/core";

import type { NextParts, PlanNextOptions } from "./plan-next.js";
import type { FromPlanThread, PlanThreadInput } from "./plan-thread.js";

/**
 * `planNext` in a thread of its own, where it also writes the manifests of stages whose parts are all there.
 *
 * @param input the stages' modules, and the build
 */
export function planInThread(
  input: PlanThreadInput,
  { onStage, onWarning }: Pick<PlanNextOptions, "onStage" | "onWarning">,
): Promise<NextParts | null> {
  const thread = new Worker(new URL(import.meta.resolve("@leyenda/queue/plan-thread")), {
    workerData: input,
  });
  return new Promise((resolve, reject) => {
    thread.on("message", (message: FromPlanThread) => {
      if (message.type === "stage") onStage?.(message.stage, message.progress);
      else if (message.type === "warning") onWarning?.(message.message);
      else if (message.type === "planned") resolve(message.next);
      else reject(fromWire(message.error));
    });
    thread.once("error", reject);
    thread.once("exit", (code) => {
      reject(new Error(`the thread that plans ended with code ${code}`));
    });
  });
}
