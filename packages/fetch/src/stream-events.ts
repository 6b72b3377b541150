/**
 * Turns work that calls back with events into a generator of them that returns what the work does. Whoever stops reading
 * stops the work: it is told through its signal, and waited for.
 */
export async function* streamEvents<Event, Result>(
  outer: AbortSignal | undefined,
  work: (onEvent: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Event, Result> {
  outer?.throwIfAborted();
  const stop = new AbortController();
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const events: Event[] = [];
  let wake: () => void = () => undefined;
  let result: { ended: boolean } = { ended: false };
  const working = work((event) => {
    events.push(event);
    wake();
  }, signal).finally(() => {
    result = { ended: true };
    wake();
  });
  // Its failure is thrown below, by the same promise.
  working.catch(() => undefined);
  try {
    for (;;) {
      // `yield` lets the work go on, so there may be more events after it.
      for (let event = events.shift(); event !== undefined; event = events.shift()) yield event;
      if (result.ended) return await working;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop.abort(new Error("nobody reads the events any longer"));
    await working.catch(() => undefined);
  }
}
