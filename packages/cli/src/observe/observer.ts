import type { StageEvent } from "@leyenda/core";

/** Somebody who is told how a run goes. */
export interface Observer {
  event: (event: StageEvent) => void;
  close: () => Promise<void>;
}
