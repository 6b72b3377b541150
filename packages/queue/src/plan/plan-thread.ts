/** A thread that plans, so that manifests, however long, do not keep the main thread from renewing its locks. */
import { parentPort, workerData } from "node:worker_threads";

import { type Stage, type StageContext, toWire, type WireError } from "@leyenda/core";

import { type NextParts, planNext, type StageProgress } from "./plan-next.js";

export interface PlanThreadInput extends StageContext {
  overwrite: boolean;
  /** URLs of the stages' modules. */
  modules: readonly string[];
}

export type FromPlanThread =
  | { type: "stage"; stage: Stage["name"]; progress: StageProgress }
  | { type: "warning"; message: string }
  | { type: "planned"; next: NextParts | null }
  | { type: "failed"; error: WireError };

const { modules, ...options } = workerData as PlanThreadInput;

try {
  const stages: Stage[] = [];
  for (const module of modules) stages.push(((await import(module)) as { stage: Stage }).stage);
  const next = await planNext(stages, {
    ...options,
    finish: true,
    onStage: (stage, progress) => {
      tell({ type: "stage", stage, progress });
    },
    onWarning: (message) => {
      tell({ type: "warning", message });
    },
  });
  tell({ type: "planned", next });
} catch (error) {
  tell({ type: "failed", error: toWire(error) });
}

function tell(message: FromPlanThread): void {
  parentPort?.postMessage(message);
}
