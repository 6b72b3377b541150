import type { QueueStatus, StageStatus } from "@leyenda/queue";

/** Stragglers and failures that are named; more are counted. */
const named = 20;

/** What the queue says of a build, in lines for a person. */
export function renderQueueStatus({ state, stages, failures }: QueueStatus): string {
  if (state === null && failures.length === 0) return "queue: this dataset is not in it\n";
  const lines = stages
    .filter(({ parts, running, failed }) => parts !== null || running > 0 || failed > 0)
    .flatMap((stage) => [
      `  ${renderStage(stage)}`,
      ...stage.stragglers.slice(0, named).map(renderStraggler),
    ]);
  const failed = failures.slice(0, named).map(({ queue, name, error, attempts }) => {
    return `  failed: ${queue} ${name} (tried ${attempts} times): ${error}`;
  });
  const more = failures.length > named ? [`  … and ${failures.length - named} more`] : [];
  return `${[`queue: ${state ?? "no build"}`, ...lines, ...failed, ...more].join("\n")}\n`;
}

function renderStage(status: StageStatus): string {
  const { stage, parts, done, running, failed, rowsPerSecond, secondsLeft } = status;
  return [
    `${stage.padEnd(11)} ${done} of ${parts ?? "?"} part(s) done, ${running} running, ${failed} failed`,
    ...(rowsPerSecond === null ? [] : [`${rowsPerSecond.toFixed(1)} rows/s`]),
    ...(secondsLeft === null ? [] : [`about ${duration(secondsLeft)} left`]),
  ].join(", ");
}

function renderStraggler({ part, seconds }: StageStatus["stragglers"][number]): string {
  return `    ${part} takes long: ${duration(seconds)} so far`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
