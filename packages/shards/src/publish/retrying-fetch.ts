import { setTimeout as sleep } from "node:timers/promises";

import { hubStatusMayPass } from "@leyenda/core";

/** What @huggingface/hub adds to the request of an upload. */
interface UploadInit extends RequestInit {
  progressHint?: { path?: string; part?: number };
}

export interface RetryOptions {
  /** Tries of each request. */
  tries: number;
  /** Wait before the second try, doubled with every further one, milliseconds. */
  delayMs: number;
  /** Told when a file, or a part of a big one, is with the hub. */
  onUpload: (path: string, bytes: number) => void;
  signal: AbortSignal | undefined;
}

/**
 * `fetch` that asks again after 408, 429, 5xx and broken connections, heeding Retry-After. Requests that change the repository are sent once:
 * whether a lost one was carried out shows only in the repository.
 */
export function retryingFetch({ tries, delayMs, onUpload, signal }: RetryOptions): typeof fetch {
  return async (input, init: UploadInit = {}) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const once = /^\/api\/(?:repos\/create$|datasets\/.*\/(?:commit|branch)\/)/.test(pathname);
    const signals = [signal, init.signal].filter((each) => each instanceof AbortSignal);
    for (let attempt = 1; ; attempt += 1) {
      let wait = delayMs * 2 ** (attempt - 1);
      try {
        const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
        if (!hubStatusMayPass(response.status) || once || attempt >= tries) {
          const { path } = init.progressHint ?? {};
          if (response.ok && init.method === "PUT" && path !== undefined)
            onUpload(path, (init.body as Blob).size);
          return response;
        }
        const seconds = Number(response.headers.get("retry-after"));
        if (seconds > 0) wait = Math.max(wait, Math.min(seconds, 300) * 1000);
        await response.body?.cancel();
      } catch (error) {
        if (signals.some((each) => each.aborted) || once || attempt >= tries) throw error;
      }
      await sleep(wait, undefined, { signal: AbortSignal.any(signals) });
    }
  };
}
