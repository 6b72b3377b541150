import type { WorkerState } from "./stage.js";

/** This process, as progress events tell of it. */
export function workerState(): WorkerState {
  return { pid: process.pid, rss: process.memoryUsage.rss() };
}
