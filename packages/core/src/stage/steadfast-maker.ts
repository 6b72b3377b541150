import type { FetchConfig } from "../config/dataset-config.js";
import { LeyendaError } from "../errors.js";
import { addOutcomes } from "../parts/add-outcomes.js";
import type { FatalRow, Isolation } from "./danger.js";
import { openDangerNotes } from "./danger-notes.js";
import { type MakerOptions, type PartMaker, processMaker, type ProcessMaker } from "./part-maker.js";
import type { PartProgress } from "./stage.js";
import { watchForHangs } from "./watch-for-hangs.js";
import { workerState } from "./worker-state.js";

/** Rows of one part that may end a process. More are no bad rows, but a bad installation. */
const mostFatalRows = 10;

/**
 * Makes parts in a process of its own, and when a row ends or hangs that process, makes the part again without the row.
 *
 * The process notes the rows it is at. After a death the part is tried again one row at a time, so that the next death has one
 * cause; a row that was at hand in two deaths, alone in the last, is fatal. Which rows are fatal thus depends on them alone,
 * not on what else was under way. A process that was killed from outside, or died without a row at hand, is an error as ever.
 */
export function steadfastMaker<Config extends FetchConfig>(
  input: MakerOptions<Config>,
  { hangMs }: Isolation,
): PartMaker {
  const notes = openDangerNotes();
  let progress = nothing();
  let maker: ProcessMaker | null = null;
  let hung: number[] = [];
  let stopWatching = (): void => undefined;

  const start = (): ProcessMaker => {
    const started = processMaker(
      {
        ...input,
        onProgress: (part, step, worker) => {
          addProgress(progress, step, 1);
          input.onProgress(part, step, worker);
        },
      },
      notes.fd,
    );
    hung = [];
    stopWatching = watchForHangs(notes.read, hangMs, (rows) => {
      hung = rows;
      started.kill();
    });
    return started;
  };

  return {
    make: async (part, signal) => {
      const deaths = new Map<number, number>();
      const fatal = new Map<number, FatalRow>();
      for (;;) {
        progress = nothing();
        maker ??= start();
        const careful = deaths.size > 0;
        try {
          return await maker.make(part, signal, { careful, fatal: [...fatal.values()] });
        } catch (error) {
          stopWatching();
          const ended = maker.ended();
          if (ended === undefined || signal.aborted) throw error;
          maker = null;
          const rows = hung.length > 0 ? hung : notes.read().map(({ row }) => row);
          notes.clear();
          if (rows.length === 0 || (ended === "SIGKILL" && hung.length === 0)) throw error;
          for (const row of rows) deaths.set(row, (deaths.get(row) ?? 0) + 1);
          const [row = -1] = rows;
          if (careful && rows.length === 1 && (deaths.get(row) ?? 0) > 1) {
            fatal.set(row, { row, end: hung.length > 0 ? "hang" : "crash" });
          }
          if (fatal.size > mostFatalRows) throw tooManyFatalRows(input.stage.name, part.name, fatal.size);
          const undone = nothing();
          addProgress(undone, progress, -1);
          input.onProgress(part.name, undone, workerState());
        }
      }
    },
    close: async () => {
      stopWatching();
      await maker?.close();
      notes.close();
    },
  };
}

function nothing(): PartProgress {
  return { rows: 0, bytes: 0, outcomes: {} };
}

function addProgress(total: PartProgress, step: PartProgress, sign: 1 | -1): void {
  total.rows += sign * step.rows;
  total.bytes += sign * step.bytes;
  const entries = Object.entries(step.outcomes).map(([outcome, count]) => [outcome, sign * count]);
  addOutcomes(total.outcomes, Object.fromEntries(entries) as PartProgress["outcomes"]);
}

function tooManyFatalRows(stage: string, part: string, count: number): LeyendaError {
  return new LeyendaError("WORKER_DIED", `${count} rows of ${part} each ended the process they were in`, {
    where: `stage ${stage}, ${part}`,
    hint: "so many cannot all be bad pictures: reinstall the dependencies (npm ci), or look for a lack of memory",
  });
}
