import { LeyendaError } from "@leyenda/core";

import type { Queues } from "../jobs/queues.js";
import { type BuildRun, parseBuildRun } from "../run/build-run.js";
import { buildQueue } from "../run/queue-names.js";

/** Runs that are remembered. */
const most = 16;

/** What the queue says of runs, asked for once each. */
export class KnownRuns {
  readonly #queues: Queues;
  readonly #runs = new Map<string, BuildRun>();

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** @throws LeyendaError QUEUE where the run's own job is gone */
  async get(id: string): Promise<BuildRun> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const job = await this.#queues.of(buildQueue).getJob(id);
    if (job === undefined)
      throw new LeyendaError("QUEUE", "the build that this part belongs to is not in the queue", {
        where: id,
        hint: '"leyenda enqueue" adds it again',
      });
    const run = parseBuildRun(job.data);
    const oldest = this.#runs.size >= most ? this.#runs.keys().next().value : undefined;
    if (oldest !== undefined) this.#runs.delete(oldest);
    this.#runs.set(id, run);
    return run;
  }
}
