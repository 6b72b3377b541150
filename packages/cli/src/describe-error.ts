import { LeyendaError } from "@leyenda/core";

/** An error as a block of text: what is wrong, where, what was expected, what to do. A bug of ours keeps its stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof LeyendaError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `leyenda: this is a bug, please report it\n${stack}\n`;
  }
  const lines = [
    `leyenda: ${error.message}`,
    ...(error.where === undefined ? [] : [`  where:    ${error.where}`]),
    ...(error.expected === undefined ? [] : [`  expected: ${error.expected}`]),
    ...(error.hint === undefined ? [] : [`  what to do: ${error.hint}`]),
  ];
  return `${lines.join("\n")}\n`;
}
