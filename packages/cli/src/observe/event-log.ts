import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

import { LeyendaError, type StageEvent } from "@leyenda/core";

import type { Observer } from "./observer.js";

/**
 * Appends every event to a file of JSON lines, and a line for every row that did not end ok.
 *
 * The lines of an event are appended in one write before anything else happens, so a crash of this process leaves whole
 * lines; a few events a second do not slow a run down.
 */
export function createEventLog(path: string, now: () => Date = () => new Date()): Observer {
  const file = open(path);
  return {
    event: (event) => {
      const at = now().toISOString();
      const lines = linesOf(event).map((line) => `${JSON.stringify({ at, ...line })}\n`);
      writeSync(file, lines.join(""));
    },
    close: () => {
      fsyncSync(file);
      closeSync(file);
      return Promise.resolve();
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, "a");
  } catch (cause) {
    throw new LeyendaError("USAGE", `the event log cannot be written: ${(cause as Error).message}`, {
      where: `--log ${path}`,
      expected: "a file in a folder that is there and may be written",
      cause,
    });
  }
}

function linesOf(event: StageEvent): object[] {
  if (event.type === "progress") {
    const { failures = [], ...progress } = event;
    const { stage, part } = event;
    return [progress, ...failures.map((failure) => ({ type: "row", stage, part, ...failure }))];
  }
  if (event.type !== "done") return [event];
  const { parts, ...manifest } = event.manifest;
  return [{ ...event, manifest: { ...manifest, parts: parts.length } }];
}
