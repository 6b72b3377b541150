import type { DatasetConfig, StageName } from "@leyenda/core";
import type { QueueStatus } from "@leyenda/queue";

import { buildStages } from "../options/queue-options.js";

/**
 * What a queue says of a dataset's build.
 *
 * @param done parts that have a record, by stage
 * @throws LeyendaError QUEUE where the server cannot be reached
 */
export async function readQueueStatus(
  url: string,
  build: { config: DatasetConfig; dataDir: string },
  done: Partial<Record<StageName, number>>,
): Promise<QueueStatus> {
  const { checkRedis, Queues, queueStatus } = await import("@leyenda/queue");
  await checkRedis(url);
  const queues = new Queues(url);
  try {
    return await queueStatus({ ...build, queues, stages: await buildStages(), done });
  } finally {
    await queues.close();
  }
}
