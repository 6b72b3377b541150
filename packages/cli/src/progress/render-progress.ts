import { ratesOf, type StageProgress } from "./stage-progress.js";
import { topFailures } from "./top-failures.js";

const barWidth = 24;
/** Column in which the bar begins, and what stands below it. */
const nameWidth = 10;

/** One line on how far a stage is, for a log: bar, rows, rates, success rate, time left, and what fails most. */
export function renderProgress(state: StageProgress, now: number): string {
  const failures = topFailures(state.outcomes, 3);
  return [how(state), ...rates(state, now), ...(failures === "" ? [] : [failures])].join("  ");
}

/** The same for a terminal, in lines that fit it. */
export function renderLive(state: StageProgress, now: number, columns: number): string {
  const { rows, rowsDone, parts, partsDone } = state;
  const inFlight = [...state.inFlight.values()].reduce((sum, count) => sum + count, 0);
  const failures = topFailures(state.outcomes, 8);
  const lines = [
    [how(state), percent(rowsDone, rows), `${partsDone}/${parts} parts`],
    [...rates(state, now), ...(inFlight > 0 ? [`${inFlight} in flight`] : [])],
    failures === "" ? [] : [failures],
  ];
  return lines
    .filter((line) => line.length > 0)
    .map((line, at) => (at === 0 ? "" : " ".repeat(nameWidth)) + line.join("  "))
    .map((line) => (line.length > columns ? `${line.slice(0, Math.max(columns - 1, 0))}…` : line))
    .join("\n");
}

function how({ stage, rows, rowsDone }: StageProgress): string {
  const share = rows === 0 ? 1 : Math.min(rowsDone / rows, 1);
  const filled = Math.round(share * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  return `${stage.padEnd(nameWidth)}${bar} ${rowsDone}/${rows}`;
}

function rates(state: StageProgress, now: number): string[] {
  const { rows, rowsDone, outcomes, bytes, startedAt } = state;
  const rate = ratesOf(state, now);
  const seen = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return [
    `${rate.rows.toFixed(0)} rows/s`,
    ...(bytes > 0 ? [`${(rate.bytes / 1e6).toFixed(1)} MB/s`] : []),
    ...(seen > 0 ? [`${percent(outcomes.ok ?? 0, seen)} ok`] : []),
    duration((now - startedAt) / 1000),
    ...(rate.rows > 0 && rowsDone < rows ? [`${duration((rows - rowsDone) / rate.rows)} left`] : []),
  ];
}

function percent(part: number, all: number): string {
  return `${(all === 0 ? 100 : (part / all) * 100).toFixed(1)} %`;
}

/** "42 s", "3 min 20 s", "5 h 12 min" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
