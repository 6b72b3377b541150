import type { StageName } from "@leyenda/core";
import type { Enqueued } from "@leyenda/queue";
import type { Command } from "commander";

import {
  addDatasetOptions,
  type DatasetOptions,
  openDataset,
  overwriteOption,
  positiveInteger,
} from "../options/dataset-options.js";
import {
  addRedisOption,
  buildStages,
  type QueueOptions,
  redisUrl,
  sharedDataDir,
  stageCounts,
} from "../options/queue-options.js";
import type { Verb } from "../run-cli.js";

interface EnqueueOptions extends DatasetOptions, QueueOptions {
  limit?: Partial<Record<StageName, number>>;
  attempts?: number;
  backoff?: number;
  retryFailed?: boolean;
  cancel?: boolean;
}

/** `leyenda enqueue <dataset>`: exit code 1 where parts have failed and are left so. */
export function addEnqueueVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("enqueue")
    .description("have a dataset built by the workers of a queue: adds what is missing");
  addRedisOption(addDatasetOptions(command))
    .addOption(overwriteOption())
    .option(
      "--limit <stage=n,…>",
      "parts of a stage that all workers together make at a time (default: fetch=<fetch.connectionsPerHost>)",
      stageCounts,
    )
    .option("--attempts <n>", "times that a part is tried (default: 5)", positiveInteger)
    .option(
      "--backoff <ms>",
      "pause before the second try; it doubles each time (default: 5000)",
      positiveInteger,
    )
    .option("--retry-failed", "try again what has failed")
    .option("--cancel", "take the dataset's build out of the queue; what is made stays")
    .action(async (dataset: string, options: EnqueueOptions) => {
      const { checkRedis, Queues, enqueue, removeJobs, buildName } = await import("@leyenda/queue");
      const { config } = await openDataset(dataset, options, io);
      const url = redisUrl(options, io);
      await checkRedis(url);
      const queues = new Queues(url);
      const { attempts, backoff, limit, overwrite = false, retryFailed = false } = options;
      const build = { config, dataDir: sharedDataDir(options.dataDir, io) };
      try {
        const stages = await buildStages();
        if (options.cancel === true) {
          const removed = await removeJobs(queues, stages, buildName(build));
          io.out(
            options.json === true ? `${JSON.stringify({ removed })}\n` : `${removed} job(s) taken out\n`,
          );
          return;
        }
        const enqueued = await enqueue({
          ...build,
          queues,
          stages,
          overwrite,
          retryFailed,
          ...(attempts === undefined ? {} : { attempts }),
          ...(backoff === undefined ? {} : { backoffMs: backoff }),
          ...(limit === undefined ? {} : { limits: limit }),
          onWarning: (message) => {
            io.err(`leyenda: ${message}\n`);
          },
        });
        io.out(options.json === true ? `${JSON.stringify(enqueued)}\n` : render(enqueued));
        if (enqueued.failed > 0) exit(1);
      } finally {
        await queues.close();
      }
    });
}

function render({ run, stage, missing, failed }: Enqueued): string {
  if (stage === null) return "complete: there is nothing to do\n";
  const added = `${run}: ${missing} part(s) of ${stage} are missing, and are in the queue\n`;
  return failed === 0
    ? added
    : `${added}${failed} part(s) have failed: "leyenda status" names them, --retry-failed tries them again\n`;
}
