import { ratesOf, type StageProgress } from "./stage-progress.js";
import { topFailures } from "./top-failures.js";

const barWidth = 24;

/** One line on how far a stage is: bar, rows, rates, success rate, time left, and what fails most. */
export function renderProgress(state: StageProgress, now: number, columns: number): string {
  const { stage, rows, rowsDone, outcomes } = state;
  const share = rows === 0 ? 1 : Math.min(rowsDone / rows, 1);
  const filled = Math.round(share * barWidth);
  const rates = ratesOf(state, now);
  const seen = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const failures = topFailures(outcomes, 3);
  const parts = [
    `${stage.padEnd(9)} ${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${rowsDone}/${rows}`,
    `${rates.rows.toFixed(0)} rows/s`,
    ...(state.bytes > 0 ? [`${(rates.bytes / 1e6).toFixed(1)} MB/s`] : []),
    ...(seen > 0 ? [`${(((outcomes.ok ?? 0) / seen) * 100).toFixed(1)} % ok`] : []),
    ...(rates.rows > 0 && rowsDone < rows ? [`${duration((rows - rowsDone) / rates.rows)} left`] : []),
    ...(failures === "" ? [] : [failures]),
  ];
  const line = parts.join("  ");
  return line.length > columns ? `${line.slice(0, Math.max(columns - 1, 0))}…` : line;
}

/** "42 s", "3 min 20 s", "5 h 12 min" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
