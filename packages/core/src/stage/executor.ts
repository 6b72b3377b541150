import type { FetchConfig } from "../config/dataset-config.js";
import type { Json } from "../hash/hash-json.js";
import type { PartPlan, Stage, StageContext, StageEvent } from "./stage.js";

/** Parts of a stage that are missing, and what whoever makes them needs to know. */
export interface StageWork<Config extends FetchConfig = FetchConfig> {
  stage: Stage<Config>;
  parts: readonly PartPlan[];
  context: StageContext<Config>;
  /** The stage's options, as they go into the records. */
  options: Record<string, Json>;
  emit: (event: StageEvent) => void;
  /** Start no further part. */
  drain: AbortSignal | undefined;
  /** Drop the parts under way. */
  signal: AbortSignal | undefined;
}

/** Who makes the parts of a stage: processes of this machine (`localExecutor`), or others that are told through a queue. */
export interface Executor {
  /** Has the parts made. Returns with some of them missing only when the run is to stop. */
  makeParts: <Config extends FetchConfig>(work: StageWork<Config>) => Promise<void>;
}
