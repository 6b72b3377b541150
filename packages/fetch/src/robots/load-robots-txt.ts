import { FetchFailure } from "../fetch-failure.js";
import { follow, type Web } from "../follow.js";
import { type HeadVerdict, judgeHead } from "../judge-head.js";
import type { Head } from "../request-once.js";
import { retryDelay } from "../retry-delay.js";
import { parseRobotsTxt } from "./parse-robots-txt.js";
import type { RobotsFile } from "./robots-verdict.js";

/** Of a longer file the rest does not count; RFC 9309 asks for at least as much. */
const readBytes = 500 * 1024;
/** A file beyond this is not read to its end. */
const maxBytes = 10 * readBytes;
/** RFC 9309 asks for at least five. */
const minRedirects = 5;

/**
 * Asks an origin for its robots.txt, through the same turns, address checks, deadlines and further attempts as everything else.
 *
 * A 4xx, or redirects that lead nowhere, mean that there is none; a 5xx or a broken answer that everything is forbidden
 * (RFC 9309, 2.3.1). Where nothing was learned (no address, no connection, time is up, 429), that failure is the answer.
 *
 * @throws the signal's reason when it aborts
 */
export async function loadRobotsTxt(origin: string, web: Web, signal: AbortSignal): Promise<RobotsFile> {
  const { settings, turns } = web;
  const turn = turns.open();
  try {
    for (let attempts = 1; ; attempts += 1) {
      try {
        const answer = await follow(`${origin}/robots.txt`, web, {
          maxBytes,
          maxRedirects: Math.max(minRedirects, settings.maxRedirects),
          turn,
          signal,
          before: () => ({}),
          judge: (head) => judge(head, web),
          onBytes: () => undefined,
          onRedirect: () => undefined,
        });
        const text = (answer?.body ?? Buffer.alloc(0)).subarray(0, readBytes).toString("utf8");
        return {
          kind: "rules",
          robots: parseRobotsTxt(text, settings.userAgentToken),
          readAt: settings.now(),
        };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FetchFailure)) throw error;
        const delay = retryDelay(error, attempts, settings);
        if (delay === null) return fileOf(error, settings.now());
        turn.rest();
        await settings.sleep(delay, signal);
      }
    }
  } finally {
    turn.rest();
  }
}

/** A robots.txt without a body is an empty one, and what it says about itself does not matter. */
function judge(head: Head, { settings }: Web): HeadVerdict {
  if (head.status === 204 || head.status === 205) return { kind: "body" };
  return judgeHead(head, { ...settings, obeyOptOut: false });
}

const absent = new Set(["http_4xx", "http_3xx", "redirect_loop", "bad_redirect"]);
/** Nothing was learned of what the publisher wants. */
const failed = new Set(["dns", "connect", "tls", "timeout", "reset", "http_429", "blocked_address"]);

function fileOf({ outcome, message }: FetchFailure, readAt: number): RobotsFile {
  if (absent.has(outcome)) return { kind: "none", why: `no robots.txt (${message})`, readAt };
  if (failed.has(outcome)) {
    const failure = new FetchFailure(outcome, `robots.txt: ${message}`, { retryable: false });
    return { kind: "failed", failure, readAt };
  }
  return { kind: "unreachable", why: `robots.txt could not be read (${message})`, readAt };
}
