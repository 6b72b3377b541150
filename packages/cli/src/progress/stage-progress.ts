import type { OutcomeCounts, PartProgress, StageName } from "@leyenda/core";

/** How far a stage is. */
export interface StageProgress {
  stage: StageName;
  rows: number;
  rowsDone: number;
  parts: number;
  partsDone: number;
  bytes: number;
  outcomes: OutcomeCounts;
  /** Rows that are being worked on, by part, where the stage knows. */
  inFlight: Map<string, number>;
  /** Rows and bytes of the last seconds, for rates that follow what is happening now. */
  window: { at: number; rows: number; bytes: number }[];
  startedAt: number;
}

/** Length of the window, milliseconds. */
const windowMs = 15_000;

/** Adds work done at a time, and lets the window move on. */
export function addProgress(
  state: StageProgress,
  { part, ...progress }: PartProgress & { part: string },
  now: number,
): void {
  if (progress.inFlight !== undefined) state.inFlight.set(part, progress.inFlight);
  state.rowsDone += progress.rows;
  state.bytes += progress.bytes;
  for (const [outcome, count] of Object.entries(progress.outcomes) as [keyof OutcomeCounts, number][]) {
    state.outcomes[outcome] = (state.outcomes[outcome] ?? 0) + count;
  }
  state.window.push({ at: now, rows: progress.rows, bytes: progress.bytes });
  while ((state.window[0]?.at ?? now) < now - windowMs) state.window.shift();
}

/** Rows and bytes a second over the window. */
export function ratesOf({ window, startedAt }: StageProgress, now: number): { rows: number; bytes: number } {
  const seconds = Math.max((now - Math.max(startedAt, now - windowMs)) / 1000, 0.25);
  const sum = (of: (entry: { rows: number; bytes: number }) => number): number =>
    window.reduce((total, entry) => total + of(entry), 0);
  return { rows: sum(({ rows }) => rows) / seconds, bytes: sum(({ bytes }) => bytes) / seconds };
}
