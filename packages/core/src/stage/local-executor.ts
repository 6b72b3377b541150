import type { FetchConfig } from "../config/dataset-config.js";
import type { Executor, StageWork } from "./executor.js";
import { ownProcessMaker } from "./own-process-maker.js";
import { localMaker, type PartMaker } from "./part-maker.js";
import { runLanes } from "./run-lanes.js";

/**
 * Makes parts on this machine.
 *
 * @param workers processes; 1 works in this process, but for an isolated stage
 */
export function localExecutor(workers: number): Executor {
  return { makeParts: (work) => makeParts(work, workers) };
}

/** Keeps every worker supplied with parts until none is left, one fails, or the run is to stop. */
async function makeParts<Config extends FetchConfig>(
  input: StageWork<Config>,
  mostWorkers: number,
): Promise<void> {
  const { stage, parts, options, emit } = input;
  if (parts.length === 0) return;
  const workers = Math.min(mostWorkers, parts.length);
  const context = { ...input.context, workers };
  const newMaker = workers === 1 && stage.isolation === undefined ? localMaker : ownProcessMaker;
  const makers = Array.from({ length: workers }, () =>
    newMaker({
      stage,
      context,
      options,
      onProgress: (part, progress, worker) => {
        emit({ type: "progress", stage: stage.name, part, worker, ...progress });
      },
    }),
  );
  const queue = [...parts];
  // Lanes take their maker in turn: every maker has `partsInFlight` of them.
  const lanes = Array.from({ length: stage.partsInFlight }, () => makers).flat();
  const outer = input.signal ?? new AbortController().signal;
  try {
    await runLanes(lanes.length, outer, async (signal) => {
      const maker = lanes.pop();
      if (maker !== undefined) await keepBusy(maker, signal);
    });
  } catch (error) {
    // A part dropped on request is no failure: it is missing, and the next run makes it.
    if (!outer.aborted) throw error;
  } finally {
    await Promise.all(makers.map((maker) => maker.close()));
  }

  async function keepBusy(maker: PartMaker, signal: AbortSignal): Promise<void> {
    const stopped = (): boolean => signal.aborted || (input.drain?.aborted ?? false);
    for (let part = queue.shift(); part !== undefined && !stopped(); part = queue.shift()) {
      const { won, seconds } = await maker.make(part, signal);
      emit({ type: "part", stage: stage.name, part: part.name, won, seconds });
    }
  }
}
