import type { FetchSettings } from "./fetch-options.js";
import { FetchFailure } from "./fetch-failure.js";
import { isOptedOut } from "./is-opted-out.js";
import type { Head } from "./request-once.js";
import { retryAfter } from "./retry-after.js";

export type HeadVerdict =
  | { kind: "body" }
  /** Location as it came, null without one. */
  | { kind: "redirect"; location: string | null }
  | { kind: "failure"; failure: FetchFailure };

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * What a response's status line and headers say about what to do next.
 *
 * A 408 says that the server gave up waiting, so it counts as `timeout`, to be tried again like any other; every other
 * 4xx is `http_4xx`, and 429 its own. A reservation counts on redirects too: nothing more is asked for then.
 */
export function judgeHead({ status, headers }: Head, settings: FetchSettings): HeadVerdict {
  const answered = (status >= 200 && status < 300) || redirects.has(status);
  if (answered && settings.obeyOptOut) {
    const { userAgentToken, optOutDirectives: directives } = settings;
    if (isOptedOut(headers, { userAgentToken, directives })) {
      return fail(new FetchFailure("opted_out", "the response's headers reserve the picture"));
    }
  }
  if (redirects.has(status)) return { kind: "redirect", location: decodeLocation(first(headers.location)) };
  const line = `the server answered ${status}`;
  if (status === 204 || status === 205) return fail(new FetchFailure("empty_body", line));
  if (status === 206 && !isWhole(first(headers["content-range"]))) {
    return fail(new FetchFailure("truncated_body", "the server answered with a part of the picture"));
  }
  if (status < 300) return { kind: "body" };
  if (status < 400) return fail(new FetchFailure("http_3xx", line));
  const retryAfterMs = retryAfter(first(headers["retry-after"]), settings.now());
  if (status === 408) return fail(new FetchFailure("timeout", line, { retryAfterMs }));
  if (status === 429) return fail(new FetchFailure("http_429", line, { retryAfterMs }));
  if (status < 500) return fail(new FetchFailure("http_4xx", line));
  if (status < 600) return fail(new FetchFailure("http_5xx", line, { retryAfterMs }));
  return fail(new FetchFailure("http_protocol", line));
}

function fail(failure: FetchFailure): HeadVerdict {
  return { kind: "failure", failure };
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Headers come as Latin-1; servers that do not encode their Location mostly mean UTF-8. */
function decodeLocation(location: string | undefined): string | null {
  if (location === undefined) return null;
  const text = Buffer.from(location, "latin1").toString("utf8");
  return text.includes("\ufffd") ? location : text;
}

/** Whether a Content-Range, which nobody asked for, covers everything. */
function isWhole(range: string | undefined): boolean {
  const match = /^bytes 0-(\d+)\/(\d+)$/.exec(range?.trim() ?? "");
  return match !== null && Number(match[1]) + 1 === Number(match[2]);
}
