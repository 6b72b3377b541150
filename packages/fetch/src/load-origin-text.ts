import { FetchFailure } from "./fetch-failure.js";
import { follow, type Web } from "./follow.js";
import { type HeadVerdict, judgeHead } from "./judge-head.js";
import type { Head } from "./request-once.js";
import { retryDelay } from "./retry-delay.js";

/** RFC 9309 asks for at least five. */
const minRedirects = 5;

/**
 * Asks an origin for a text of a well-known name, through the same turns, address checks, deadlines and further attempts as
 * everything else.
 *
 * @returns its bytes, or how that failed
 * @throws the signal's reason when it aborts
 */
export async function loadOriginText(
  url: string,
  maxBytes: number,
  web: Web,
  signal: AbortSignal,
): Promise<Buffer | FetchFailure> {
  const { settings, turns } = web;
  const turn = turns.open();
  try {
    for (let attempts = 1; ; attempts += 1) {
      try {
        const answer = await follow(url, web, {
          maxBytes,
          maxRedirects: Math.max(minRedirects, settings.maxRedirects),
          turn,
          signal,
          before: () => ({}),
          judge: (head) => judge(head, web),
          onBytes: () => undefined,
          onRedirect: () => undefined,
        });
        return answer?.body ?? Buffer.alloc(0);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FetchFailure)) throw error;
        const delay = retryDelay(error, attempts, settings);
        if (delay === null) return error;
        turn.rest();
        await settings.sleep(delay, signal);
      }
    }
  } finally {
    turn.rest();
  }
}

/** A text without a body is an empty one, and what it says about itself does not matter. */
function judge(head: Head, { settings }: Web): HeadVerdict {
  if (head.status === 204 || head.status === 205) return { kind: "body" };
  return judgeHead(head, { ...settings, obeyOptOut: false });
}
