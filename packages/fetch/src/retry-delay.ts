import type { FetchFailure } from "./fetch-failure.js";

export interface RetryDelayOptions {
  retries: number;
  retryBaseMs: number;
  maxRetryAfterMs: number;
  random: () => number;
}

/**
 * How long to wait before the next attempt: exponential, half of it by lot so that rows of one host do not come back
 * together, and never sooner than the server asks.
 *
 * @param attempts made so far
 * @returns milliseconds; null where there is to be no other attempt
 */
export function retryDelay(
  failure: FetchFailure,
  attempts: number,
  options: RetryDelayOptions,
): number | null {
  const { retries, retryBaseMs, maxRetryAfterMs, random } = options;
  if (!failure.retryable || attempts > retries) return null;
  const asked = failure.retryAfterMs ?? 0;
  if (asked > maxRetryAfterMs) return null;
  const backoff = retryBaseMs * 2 ** (attempts - 1) * (0.5 + 0.5 * random());
  return Math.max(asked, Math.round(backoff));
}
