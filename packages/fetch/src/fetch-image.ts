import { sha256 } from "@leyenda/core";

import { attempt, type Trace } from "./attempt.js";
import { FetchFailure } from "./fetch-failure.js";
import type { FetchSettings } from "./fetch-options.js";
import type { FetchResult, Validators } from "./fetch-result.js";
import type { Web } from "./follow.js";
import type { Turn } from "./hosts/turn.js";
import { normaliseUrl } from "./normalise-url.js";
import { retryDelay } from "./retry-delay.js";

const maxDetail = 300;

/**
 * Downloads a picture with retries; see `FetchClient`.
 *
 * @param turn what asks the hosts; whoever opened it ends it
 */
export async function fetchImage(
  rawUrl: string,
  web: Web,
  turn: Turn,
  signal: AbortSignal,
  validators?: Validators,
): Promise<FetchResult> {
  const begun = performance.now();
  const url = normaliseUrl(rawUrl);
  if (url === null) {
    const failure = new FetchFailure(
      "bad_url",
      "not an absolute http or https URL of at most 8192 characters",
    );
    return {
      ...empty,
      ...failed(failure),
      finalUrl: null,
      attempts: 0,
      elapsedMs: performance.now() - begun,
    };
  }
  for (let attempts = 1; ; attempts++) {
    const trace: Trace = { ...empty, finalUrl: url };
    try {
      const body = await attempt(url, trace, web, turn, signal, validators);
      const elapsedMs = performance.now() - begun;
      return {
        ...trace,
        outcome: "ok",
        detail: null,
        unchanged: body === null,
        body,
        sha256: body === null ? null : sha256(body),
        attempts,
        elapsedMs,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FetchFailure)) throw error;
      const delay = retryDelay(error, attempts, web.settings);
      if (delay === null)
        return { ...trace, ...failed(error), attempts, elapsedMs: performance.now() - begun };
      turn.rest();
      await pause(delay, web.settings, signal);
    }
  }
}

async function pause(ms: number, { sleep }: FetchSettings, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

const empty = {
  status: null,
  contentType: null,
  robotsTxt: null,
  tdmrep: null,
  robotsTag: null,
  etag: null,
  lastModified: null,
  bytes: 0,
  redirects: 0,
};

function failed({
  outcome,
  message,
}: FetchFailure): Pick<FetchResult, "outcome" | "detail" | "unchanged" | "body" | "sha256"> {
  // Servers have their say in it, so it may hold anything.
  const detail = message.slice(0, maxDetail).replace(/[\p{Cc}\p{Cs}\s]+/gu, " ");
  return { outcome, detail, unchanged: false, body: null, sha256: null };
}
