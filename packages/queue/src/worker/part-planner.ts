import {
  hashJson,
  type Json,
  LeyendaError,
  type PartPlan,
  planSinglePart,
  type Stage,
  type StageContext,
} from "@leyenda/core";

import type { PartJob } from "../jobs/part-job.js";

interface Planned {
  run: string;
  options: Promise<Record<string, Json>>;
  parts: Promise<Map<string, PartPlan>>;
}

/** Plans the parts of one stage as they are asked for. A plan of the whole stage is kept, since it is the same for all of its parts. */
export class PartPlanner {
  readonly #stage: Stage;
  readonly #before: Stage | undefined;
  #planned: Planned | undefined;

  /** @param before the stage before it, if there is one */
  constructor(stage: Stage, before: Stage | undefined) {
    this.#stage = stage;
    this.#before = before;
  }

  /**
   * @throws LeyendaError DATA_MISMATCH where this machine would make something else than what was enqueued, and whatever the
   *   stage's plan throws
   */
  async plan(
    job: PartJob,
    context: StageContext,
  ): Promise<{ part: PartPlan; options: Record<string, Json> }> {
    const known = await this.#find(job, context);
    if (known !== null) return known;
    // What the plan was made of has changed since, or was never this job's.
    this.#planned = undefined;
    const anew = await this.#find(job, context);
    if (anew !== null) return anew;
    throw new LeyendaError(
      "DATA_MISMATCH",
      "this machine would make another part than the one that was enqueued",
      {
        where: `stage ${this.#stage.name}, ${job.part}`,
        expected: "the same lists, models and version of Leyenda on every machine",
        hint: 'where something has changed on purpose, "leyenda enqueue" again',
      },
    );
  }

  async #find(
    job: PartJob,
    context: StageContext,
  ): Promise<{ part: PartPlan; options: Record<string, Json> } | null> {
    const planned = (this.#planned =
      this.#planned?.run === job.run ? this.#planned : this.#open(job.run, context));
    try {
      const options = await planned.options;
      const part =
        job.inputHash === null
          ? await planSinglePart(this.#stage, this.#beforeIt(), context, job.part)
          : (await planned.parts).get(job.part);
      const fits =
        part !== undefined &&
        hashJson(options) === job.configHash &&
        (job.inputHash === null || part.inputHash === job.inputHash);
      return fits ? { part, options } : null;
    } catch (error) {
      // Something may be there the next time.
      this.#planned = undefined;
      throw error;
    }
  }

  #open(run: string, context: StageContext): Planned {
    const stage = this.#stage;
    const load = async (): Promise<Map<string, PartPlan>> =>
      new Map((await stage.plan(context)).parts.map((part) => [part.name, part]));
    let parts: Promise<Map<string, PartPlan>> | undefined;
    return {
      run,
      options: Promise.resolve(stage.options(context)),
      // Not before it is wanted: the stage before may not be complete yet.
      get parts() {
        return (parts ??= load());
      },
    };
  }

  #beforeIt(): Stage {
    if (this.#before === undefined) throw new Error(`there is no stage before ${this.#stage.name}`);
    return this.#before;
  }
}
