import { setTimeout as sleep } from "node:timers/promises";

import { addOutcomes } from "../parts/add-outcomes.js";
import type { Outcome } from "../outcomes.js";
import type { OutcomeCounts } from "../parts/part-record.js";
import type { PartProgress, RowFailure } from "./stage.js";

/** Counts rows as they end. */
export interface RowCounter {
  /** A row is being worked on; optional, for stages whose rows wait for others. */
  begin: () => void;
  /** A row has ended. */
  row: (outcome: Outcome, bytes: number, told?: Omit<RowFailure, "outcome">) => void;
  /** So many rows have ended alike; bytes of all together. */
  many: (outcome: Outcome, rows: number, bytes: number) => void;
  /** Counts over the whole part so far. */
  readonly outcomes: OutcomeCounts;
  readonly rows: number;
}

/**
 * Runs a part's work and reports its progress a few times a second, however fast rows end.
 *
 * @param work is given the counter; when it fails, so does the generator
 */
export async function* withProgress<Result>(
  work: (counter: RowCounter) => Promise<Result>,
  intervalMs = 250,
): AsyncGenerator<PartProgress, Result> {
  let pending: PartProgress = { rows: 0, bytes: 0, outcomes: {} };
  let begun = 0;
  const total: OutcomeCounts = {};
  let rows = 0;
  const many: RowCounter["many"] = (outcome, more, bytes) => {
    if (more === 0) return;
    rows += more;
    addOutcomes(total, { [outcome]: more });
    pending.rows += more;
    pending.bytes += bytes;
    addOutcomes(pending.outcomes, { [outcome]: more });
  };
  const counter: RowCounter = {
    outcomes: total,
    get rows() {
      return rows;
    },
    begin: () => {
      begun += 1;
    },
    many,
    row: (outcome, bytes, told) => {
      many(outcome, 1, bytes);
      if (told !== undefined && outcome !== "ok")
        (pending.failures ??= []).push({ line: told.line, url: told.url, outcome, detail: told.detail });
    },
  };
  const timer = new AbortController();
  const finished = work(counter).finally(() => {
    timer.abort();
  });
  // Its failure is thrown below, by the same promise.
  finished.catch(() => undefined);
  while (!timer.signal.aborted) {
    await Promise.race([
      finished.catch(() => undefined),
      sleep(intervalMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    if (pending.rows > 0) {
      const progress = { ...pending, ...(begun > 0 ? { inFlight: Math.max(begun - rows, 0) } : {}) };
      pending = { rows: 0, bytes: 0, outcomes: {} };
      yield progress;
    }
  }
  return await finished;
}
