import type { FetchConfig } from "../config/dataset-config.js";
import type { ErrorCode } from "../errors.js";
import type { Json } from "../hash/hash-json.js";
import type { FatalRow } from "./danger.js";
import type { PartPlan, PartProgress, StageContext, WorkerState } from "./stage.js";

/** From the run to a worker process. */
export type ToWorker =
  | {
      type: "start";
      module: string;
      context: StageContext<FetchConfig>;
      options: Record<string, Json>;
      /** File descriptor for its notes; null where nobody reads any. */
      notes: number | null;
    }
  | { type: "make"; part: PartPlan; careful: boolean; fatal: FatalRow[] }
  | { type: "abort" }
  | { type: "close" };

/** From a worker process to the run. */
export type FromWorker =
  | { type: "progress"; part: string; progress: PartProgress; worker: WorkerState }
  | { type: "made"; part: string; won: boolean; seconds: number }
  | { type: "failed"; part: string; error: WireError };

/** An error that crosses the process boundary. */
export interface WireError {
  message: string;
  stack: string | undefined;
  code: ErrorCode | undefined;
  where: string | undefined;
  expected: string | undefined;
  hint: string | undefined;
}
