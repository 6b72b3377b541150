import { median } from "./measure/median.js";
import type { Run } from "./run-contestant.js";

/** Medians over a contestant's runs. */
export interface Summary {
  name: string;
  pictures: number;
  wrong: number;
  wallSeconds: number;
  cpuSeconds: number;
  picturesPerSecond: number;
  /** CPU time of the whole process tree, milliseconds a stored picture. */
  cpuMs: number;
  /** The same without what the contestant needs for a list of one URL. */
  cpuMsWithoutStart: number;
  peakRss: number;
}

export function summarise(name: string, runs: readonly Run[], starts: readonly Run[]): Summary {
  const of = (value: (run: Run) => number): number => median(runs.map(value));
  const startCpu = median(starts.map(({ cpuSeconds }) => cpuSeconds));
  return {
    name,
    pictures: of((run) => run.pictures),
    wrong: of((run) => run.wrong),
    wallSeconds: of((run) => run.wallSeconds),
    cpuSeconds: of((run) => run.cpuSeconds),
    picturesPerSecond: of((run) => run.pictures / run.wallSeconds),
    cpuMs: of((run) => (1000 * run.cpuSeconds) / run.pictures),
    cpuMsWithoutStart: of((run) => (1000 * (run.cpuSeconds - startCpu)) / run.pictures),
    peakRss: of((run) => run.peakRss),
  };
}
