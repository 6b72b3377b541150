import { FetchFailure } from "../fetch-failure.js";
import type { Web } from "../follow.js";
import { loadOriginText } from "../load-origin-text.js";
import { parseRobotsTxt } from "./parse-robots-txt.js";
import type { RobotsFile } from "./robots-verdict.js";

/** Of a longer file the rest does not count; RFC 9309 asks for at least as much. */
const readBytes = 500 * 1024;
/** A file beyond this is not read to its end. */
const maxBytes = 10 * readBytes;

/**
 * Asks an origin for its robots.txt.
 *
 * A 4xx, or redirects that lead nowhere, mean that there is none; a 5xx or a broken answer that everything is forbidden
 * (RFC 9309, 2.3.1). Where nothing was learned (no address, no connection, time is up, 429), that failure is the answer.
 *
 * @throws the signal's reason when it aborts
 */
export async function loadRobotsTxt(origin: string, web: Web, signal: AbortSignal): Promise<RobotsFile> {
  const { now, userAgentToken } = web.settings;
  const body = await loadOriginText(`${origin}/robots.txt`, maxBytes, web, signal);
  if (body instanceof FetchFailure) return fileOf(body, now());
  const robots = parseRobotsTxt(body.subarray(0, readBytes).toString("utf8"), userAgentToken);
  return { kind: "rules", robots, readAt: now(), brief: false };
}

const absent = new Set(["http_4xx", "http_3xx", "redirect_loop", "bad_redirect"]);
/** Nothing was learned of what the publisher wants. */
const failed = new Set(["dns", "connect", "tls", "timeout", "reset", "http_429", "blocked_address"]);

function fileOf({ outcome, message }: FetchFailure, readAt: number): RobotsFile {
  if (absent.has(outcome)) return { kind: "none", why: `no robots.txt (${message})`, readAt, brief: false };
  if (failed.has(outcome)) {
    const failure = new FetchFailure(outcome, `robots.txt: ${message}`, { retryable: false });
    return { kind: "failed", failure, readAt, brief: true };
  }
  return { kind: "unreachable", why: `robots.txt could not be read (${message})`, readAt, brief: true };
}
