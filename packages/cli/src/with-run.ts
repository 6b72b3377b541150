import type { StageEvent } from "@leyenda/core";

import { createEventLog } from "./observe/event-log.js";
import { startMetricsServer } from "./observe/metrics-server.js";
import type { Observer } from "./observe/observer.js";
import type { RunOptions } from "./options/run-options.js";
import { createProgress } from "./progress/create-progress.js";
import type { Verb } from "./run-cli.js";

/** What work is given to tell and to be told. */
export interface RunHooks {
  onEvent: (event: StageEvent) => void;
  /** Tell of every row that is not ok. */
  tellFailures: boolean;
  /** Finish the parts under way, then stop. */
  drain: AbortSignal;
  /** Drop the parts under way and stop. */
  signal: AbortSignal;
}

/** Shortest time between two Ctrl-C that mean two: a terminal and Nx both deliver the first. */
const secondSignalMs = 1_000;

/**
 * Runs work on stages while its events go to the screen, the event log and the metrics. The first Ctrl-C lets the parts
 * under way finish, a later one drops them; either way the exit code is 130 (143 for SIGTERM) and the next run goes on.
 *
 * @param work returns whether it came to its end
 */
export async function withRun(
  options: RunOptions,
  { io, exit }: Verb,
  work: (hooks: RunHooks) => Promise<boolean>,
): Promise<void> {
  const drain = new AbortController();
  const abort = new AbortController();
  let interrupted: { code: number; at: number } | undefined;
  const progress = await createProgress(io, options.json ?? false);
  const observers: Observer[] = [];
  const stopListening = io.onSignal((signal) => {
    if (interrupted === undefined) {
      interrupted = { code: signal === "SIGINT" ? 130 : 143, at: io.now() };
      progress.say("\nleyenda: finishing the parts under way; Ctrl-C again drops them\n");
      drain.abort();
    } else if (io.now() - interrupted.at > secondSignalMs) abort.abort();
  });
  try {
    if (options.log !== undefined) observers.push(createEventLog(options.log));
    if (options.metricsPort !== undefined) {
      const metrics = await startMetricsServer(options.metricsPort, options.metricsHost ?? "127.0.0.1");
      progress.say(`leyenda: metrics at ${metrics.url}\n`);
      observers.push(metrics);
    }
    observers.push({ event: progress.event, close: () => Promise.resolve() });
    const complete = await work({
      onEvent: (event) => {
        for (const observer of observers) observer.event(event);
      },
      tellFailures: options.log !== undefined,
      drain: drain.signal,
      signal: abort.signal,
    });
    if (!complete || drain.signal.aborted) exit(interrupted?.code ?? 1);
  } finally {
    stopListening();
    progress.close();
    for (const observer of observers) await observer.close();
  }
}
