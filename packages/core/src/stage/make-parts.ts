import type { FetchConfig } from "../config/dataset-config.js";
import type { Json } from "../hash/hash-json.js";
import { localMaker, type MakerOptions, type PartMaker, processMaker } from "./part-maker.js";
import { runLanes } from "./run-lanes.js";
import type { PartPlan, Stage, StageContext, StageEvent } from "./stage.js";
import { steadfastMaker } from "./steadfast-maker.js";

interface MakePartsOptions<Config extends FetchConfig> {
  stage: Stage<Config>;
  parts: readonly PartPlan[];
  context: StageContext<Config>;
  options: Record<string, Json>;
  /** Worker processes; 1 works in this process, but for an isolated stage. */
  workers: number;
  emit: (event: StageEvent) => void;
  /** Start no further part. */
  drain: AbortSignal | undefined;
  /** Drop the parts under way. */
  signal: AbortSignal | undefined;
}

/** Keeps every worker supplied with parts until none is left, one fails, or the run is to stop. */
export async function makeParts<Config extends FetchConfig>(input: MakePartsOptions<Config>): Promise<void> {
  const { stage, parts, options, emit } = input;
  if (parts.length === 0) return;
  const workers = Math.min(input.workers, parts.length);
  const context = { ...input.context, workers };
  const newMaker = makerFor(stage, workers);
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

function makerFor<Config extends FetchConfig>(
  { isolation }: Stage<Config>,
  workers: number,
): (input: MakerOptions<Config>) => PartMaker {
  if (isolation !== undefined) return (input) => steadfastMaker(input, isolation);
  return workers === 1 ? localMaker : processMaker;
}
