import { runStage, type StageEvent } from "@leyenda/core";

import type { DatasetOptions, OpenedDataset } from "./options/dataset-options.js";
import { createProgress } from "./progress/create-progress.js";
import type { Verb } from "./run-cli.js";
import { type StageVerb, stageModules } from "./stage-modules.js";

/** Shortest time between two Ctrl-C that mean two: a terminal and Nx both deliver the first. */
const secondSignalMs = 1_000;

/**
 * Runs the stages of some verbs in order. The first Ctrl-C lets the parts under way finish, a later one drops them; either way the
 * exit code is 130 (143 for SIGTERM) and the next run goes on.
 */
export async function runVerbs(
  verbs: readonly StageVerb[],
  { config, folders, workers }: OpenedDataset,
  options: DatasetOptions,
  { io, exit }: Verb,
): Promise<void> {
  const drain = new AbortController();
  const abort = new AbortController();
  const progress = createProgress(io, options.json ?? false);
  let interrupted: { code: number; at: number } | undefined;
  const stopListening = io.onSignal((signal) => {
    if (interrupted === undefined) {
      interrupted = { code: signal === "SIGINT" ? 130 : 143, at: io.now() };
      io.err("\nleyenda: finishing the parts under way; Ctrl-C again drops them\n");
      drain.abort();
    } else if (io.now() - interrupted.at > secondSignalMs) abort.abort();
  });
  try {
    for (const verb of verbs) {
      for (const load of stageModules[verb]) {
        const { complete } = await runStage(await load(), {
          config,
          folders,
          workers,
          // A report can always be made again, so there is nothing to protect.
          overwrite: options.overwrite === true || verb === "eval",
          drain: drain.signal,
          signal: abort.signal,
          onEvent: (event: StageEvent) => {
            progress.event(event);
          },
        });
        if (!complete || drain.signal.aborted) {
          exit(interrupted?.code ?? 1);
          return;
        }
      }
    }
  } finally {
    stopListening();
    progress.close();
  }
}
