import { setMaxListeners } from "node:events";

/**
 * Runs `count` lanes side by side. When one fails the others are told through their signal, all are waited for, and the
 * first failure is thrown: nothing goes on behind the caller's back.
 */
export async function runLanes(
  count: number,
  outer: AbortSignal,
  lane: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  // Every lane, and what it waits for, may listen; Node.js takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const errors: unknown[] = [];
  const guarded = async (): Promise<void> => {
    try {
      await lane(signal);
    } catch (error) {
      errors.push(error);
      failure.abort(error);
    }
  };
  await Promise.all(Array.from({ length: count }, guarded));
  if (errors.length > 0) throw errors[0];
}
