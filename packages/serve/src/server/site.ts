import type { CaptionModelInfo } from "@leyenda/caption-model";
import type { FetchClient } from "@leyenda/fetch";

import type { Limits } from "../limits.js";
import type { ServeMetrics } from "../metrics.js";
import type { CaptionQueue } from "../queue/caption-queue.js";
import type { Sample } from "../samples.js";
import type { Intake } from "./intake.js";

/** What requests are answered from. */
export interface Site {
  host: string;
  model: CaptionModelInfo;
  limits: Limits;
  queue: CaptionQueue;
  intake: Intake;
  client: FetchClient;
  samples: readonly Sample[];
  metrics: ServeMetrics;
  /** Aborted when the server begins to close. */
  closing: AbortSignal;
  /** Told of faults of ours. */
  onFault: (error: unknown) => void;
  /** Milliseconds, monotonic. */
  now: () => number;
}
