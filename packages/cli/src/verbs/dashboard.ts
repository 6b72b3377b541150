import type { Command } from "commander";

import { isLoopback } from "../options/is-loopback.js";
import { portNumber } from "../options/port-number.js";
import { addRedisOption, type QueueOptions, redisUrl } from "../options/queue-options.js";
import type { Verb } from "../run-cli.js";

interface DashboardVerbOptions extends QueueOptions {
  port?: number;
  host?: string;
}

/** `leyenda dashboard`: serves the queue's operations page until Ctrl-C. */
export function addDashboardVerb(program: Command, { io }: Verb): void {
  const command = program
    .command("dashboard")
    .description("look at the queue in a browser: jobs, errors, retries");
  addRedisOption(command)
    .option("--port <port>", "port of the page; 0 takes a free one (default: 8430)", portNumber)
    .option("--host <address>", "address to serve it at (default: 127.0.0.1, for this machine alone)")
    .action(async (options: DashboardVerbOptions) => {
      const { checkRedis, startDashboard } = await import("@leyenda/queue");
      const { redis, ...place } = options;
      const url = redisUrl(redis === undefined ? {} : { redis }, io);
      await checkRedis(url);
      const dashboard = await startDashboard({ url, ...place });
      if (options.host !== undefined && !isLoopback(options.host))
        io.err("leyenda: whoever reaches this address can remove and retry jobs: there is no password\n");
      io.out(`${dashboard.url}\n`);
      io.err("leyenda: open this address in a browser; Ctrl-C ends it\n");
      await new Promise<void>((done) => {
        const stopListening = io.onSignal(() => {
          stopListening();
          done();
        });
      });
      await dashboard.close();
    });
}
