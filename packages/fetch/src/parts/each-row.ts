import { runLanes } from "@leyenda/core";

import type { FetchTools } from "./fetch-tools.js";

/**
 * Deals with rows side by side: as many lanes as downloads may be in flight, so that one part alone can use them all; the
 * limit is the worker's. When one fails the others are told, all are waited for, and the first failure is thrown.
 */
export async function eachRow<Row>(
  rows: AsyncIterator<Row> | Iterator<Row>,
  { limit }: Pick<FetchTools, "limit">,
  outer: AbortSignal,
  work: (row: Row, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await runLanes(limit.concurrency, outer, async (signal) => {
    for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
      signal.throwIfAborted();
      const row = next.value;
      await limit(() => work(row, signal));
    }
  });
}
