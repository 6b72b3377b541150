import { setTimeout as sleep } from "node:timers/promises";

import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from "@smithy/types";

const firstDelayMs = 200;
const longestDelayMs = 5_000;

/**
 * Retries what may pass for about half a minute: a store that restarts, or answers "slow down", is to cost that time and not a part.
 * The SDK's own strategies give up much sooner where many requests fail together, by a budget that all requests of a client share.
 */
export function retryPatiently(retries = 10): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry: async (last: RetryToken, { errorType, retryAfterHint }: RetryErrorInfo) => {
      const count = last.getRetryCount() + 1;
      if (count > retries || errorType === "CLIENT_ERROR") throw new Error("no more retries");
      const hinted = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now();
      const delay = Math.min(longestDelayMs, Math.max(hinted, firstDelayMs * 2 ** (count - 1)));
      // Those that failed together are not to come back together.
      await sleep(delay * (0.5 + Math.random() / 2));
      return token(count);
    },
    recordSuccess: () => undefined,
  };
}

/** The delay is over when a token is handed out. */
function token(count: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => 0 };
}
