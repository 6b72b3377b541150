import { LeyendaError } from "@leyenda/core";
import { UnrecoverableError } from "bullmq";

/** What no further attempt betters. */
const final: readonly LeyendaError["code"][] = [
  "CONFIG_INVALID",
  "DATA_MISMATCH",
  "NOT_ENOUGH_ROWS",
  "QUEUE",
  "SOURCE_INVALID",
];

/** An error as the queue keeps it: in words, with the place and what to do, and final where trying again is of no use. */
export function describeFailure(error: unknown): Error {
  if (!(error instanceof LeyendaError)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, where, expected, hint } = error;
  const lines = [
    message,
    ...(where === undefined ? [] : [`where: ${where}`]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(hint === undefined ? [] : [hint]),
  ].join("; ");
  return final.includes(code) ? new UnrecoverableError(lines) : new Error(lines, { cause: error });
}
