import type { StageName } from "@leyenda/core";

/** The queue of the jobs that see a whole build through; each stage's parts have a queue of the stage's name. */
export const buildQueue = "build";

/** Before every key in Redis. */
export const prefix = "leyenda";

/** A queue that a worker can take jobs from. */
export type QueueName = StageName | typeof buildQueue;
