import { setMaxListeners } from "node:events";

import type { Turn } from "./hosts/turn.js";
import type { Turns } from "./hosts/turns.js";

export interface RunRowsOptions<Row> {
  turns: Turns;
  /** Rows that are read and not yet done, at most. @default 10_000, a part's worth */
  readAhead?: number;
  /** The host that a row asks first; null where it asks nobody. */
  hostOf: (row: Row) => string | null;
  /** Deals with a row. The turn can ask the row's host at once; it ends when this does. */
  work: (row: Row, turn: Turn, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Deals with rows in the order in which their hosts can be asked: rows are read ahead and wait by host. When one fails
 * no other begins, those under way are told through their signal and waited for, and the first failure is thrown.
 */
export async function runRows<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  { turns, readAhead = 10_000, hostOf, work, signal: outer }: RunRowsOptions<Row>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  // Every row under way may listen; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const waiting = new Set<{ drop: () => void }>();
  let running = 0;
  let changed: () => void = () => undefined;
  const fail = (error: unknown): void => {
    if (!signal.aborted) failure.abort(error);
  };
  const dropWaiting = (): void => {
    for (const { drop } of waiting) drop();
    waiting.clear();
    changed();
  };
  signal.addEventListener("abort", dropWaiting);
  const run = (row: Row, turn: Turn): void => {
    running += 1;
    work(row, turn, signal)
      .catch(fail)
      .finally(() => {
        running -= 1;
        turn.rest();
        changed();
      });
  };
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  try {
    for await (const row of rows) {
      signal.throwIfAborted();
      const host = hostOf(row);
      if (host === null) run(row, turns.open());
      else {
        const entry = { drop: (): void => undefined };
        waiting.add(entry);
        entry.drop = turns.queue(host, (turn) => {
          waiting.delete(entry);
          run(row, turn);
        });
      }
      await until(() => signal.aborted || running + waiting.size < readAhead);
    }
  } catch (error) {
    fail(error);
  }
  await until(() => running === 0 && waiting.size === 0);
  // Node.js keeps a combined signal that somebody listens to, and all that its listener can reach, as long as its sources.
  signal.removeEventListener("abort", dropWaiting);
  signal.throwIfAborted();
}
