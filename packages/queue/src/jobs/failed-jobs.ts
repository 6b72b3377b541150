import type { Job } from "bullmq";

import type { QueueName } from "../run/queue-names.js";
import type { Queues } from "./queues.js";

/**
 * Jobs of a queue that have failed, after all of their attempts.
 *
 * @param run id of a run, or what the ids of several begin with
 */
export async function failedJobs(queues: Queues, queue: QueueName, run: string): Promise<Job[]> {
  const jobs = await queues.of(queue).getFailed();
  return jobs.filter(({ id }) => id === run || id?.startsWith(`${run}-`) === true);
}
