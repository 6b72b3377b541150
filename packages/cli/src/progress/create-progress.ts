import type { StageEvent } from "@leyenda/core";

import type { Io } from "../io.js";
import { duration, renderLive, renderProgress } from "./render-progress.js";
import { addProgress, type StageProgress } from "./stage-progress.js";
import { topFailures } from "./top-failures.js";

/** Tells people or programs how a run goes. */
export interface Progress {
  event: (event: StageEvent) => void;
  /** Prints lines above the live view, which would wipe them out else. */
  say: (text: string) => void;
  close: () => void;
}

/** Shortest time between two states of the live view, and between two plain lines. */
const liveMs = 200;
const plainMs = 10_000;
/** Without news the live view is drawn again all the same: that nothing comes is news too. */
const tickMs = 1_000;

/** JSON lines on standard output, a live view on a terminal, or plain lines now and then. */
export async function createProgress(io: Io, json: boolean): Promise<Progress> {
  if (json) {
    return {
      event: (event) => {
        io.out(`${JSON.stringify(event.type === "done" ? withoutParts(event) : event)}\n`);
      },
      say: io.err,
      close: () => undefined,
    };
  }
  const live = io.isTerminal ? await createLive(io) : undefined;
  let state: StageProgress | undefined;
  let shownAt = io.now();
  const say = (text: string): void => {
    live?.clear();
    io.err(text);
  };
  const show = (now: number): void => {
    if (state === undefined) return;
    shownAt = now;
    if (live === undefined) io.err(`${renderProgress(state, now)}\n`);
    else live.show(renderLive(state, now, io.columns));
  };
  const ticking = setInterval(() => {
    if (live !== undefined) show(io.now());
  }, tickMs).unref();
  return {
    event: (event) => {
      const now = io.now();
      if (event.type === "plan") {
        const { stage, rows, rowsDone, parts, partsDone } = event;
        state = {
          stage,
          rows,
          rowsDone,
          parts,
          partsDone,
          bytes: 0,
          outcomes: {},
          inFlight: new Map(),
          window: [],
          startedAt: now,
        };
        if (partsDone > 0)
          say(`${stage}: ${partsDone} of ${parts} parts are there; going on with the rest\n`);
        if (live !== undefined && partsDone < parts) show(now);
      } else if (event.type === "progress" && state !== undefined) addProgress(state, event, now);
      else if (event.type === "part" && state !== undefined) {
        state.partsDone += 1;
        state.inFlight.delete(event.part);
      } else if (event.type === "warning") {
        say(`leyenda: warning: ${event.message}\n`);
      } else if (event.type === "done") {
        say(`${summary(event)}\n`);
        state = undefined;
        return;
      }
      if (now - shownAt >= (live === undefined ? plainMs : liveMs)) show(now);
    },
    say,
    close: () => {
      clearInterval(ticking);
      live?.clear();
    },
  };
}

async function createLive(io: Io): Promise<{ show: (line: string) => void; clear: () => void }> {
  // What draws on terminals takes its time to load.
  const { createLogUpdate } = await import("log-update");
  const stream = Object.assign(Object.create(process.stderr) as NodeJS.WriteStream, {
    write: (text: string) => {
      io.err(text);
      return true;
    },
  });
  const update = createLogUpdate(stream);
  return {
    show: (line) => {
      update(line);
    },
    clear: () => {
      update.clear();
    },
  };
}

function summary({ stage, manifest, partsMade, seconds }: Extract<StageEvent, { type: "done" }>): string {
  if (partsMade === 0) return `${stage}: complete, nothing to do`;
  const { ok = 0 } = manifest.outcomes;
  const failures = topFailures(manifest.outcomes, 4);
  const rows =
    manifest.rows === 0 ? "" : `: ${manifest.rows} rows, ${ok} ok${failures === "" ? "" : `; ${failures}`}`;
  return `${stage}: ${partsMade} part(s) in ${duration(seconds)}${rows}`;
}

function withoutParts(event: Extract<StageEvent, { type: "done" }>): object {
  const { parts, ...manifest } = event.manifest;
  return { ...event, manifest: { ...manifest, parts: parts.length } };
}
