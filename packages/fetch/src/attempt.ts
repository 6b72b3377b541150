import { FetchFailure } from "./fetch-failure.js";
import type { FetchSettings } from "./fetch-options.js";
import type { Validators } from "./fetch-result.js";
import { decodeBody } from "./decode-body.js";
import { detectImage } from "./detect-image.js";
import type { Headers } from "./is-opted-out.js";
import { judgeHead, type HeadVerdict } from "./judge-head.js";
import { normaliseUrl } from "./normalise-url.js";
import type { Origins } from "./origins.js";
import { requestOnce } from "./request-once.js";

/** What an attempt has seen so far; kept up to date, so that it tells as much when the attempt fails. */
export interface Trace {
  status: number | null;
  finalUrl: string;
  contentType: string | null;
  robotsTag: string | null;
  etag: string | null;
  lastModified: string | null;
  bytes: number;
  redirects: number;
}

/**
 * Downloads a picture once, following redirects.
 *
 * @param url normalised
 * @returns the picture's bytes, decoded; null where it is unchanged
 * @throws FetchFailure, or the signal's reason when it aborts
 */
export async function attempt(
  url: string,
  trace: Trace,
  origins: Origins,
  settings: FetchSettings,
  signal: AbortSignal,
  validators?: Validators,
): Promise<Buffer | null> {
  const seen = new Set<string>();
  let leftMs = settings.totalMs;
  for (let next = url; ;) {
    trace.finalUrl = next;
    seen.add(next);
    const target = new URL(next);
    let verdict: HeadVerdict | { kind: "unchanged" } | undefined;
    let encoding = "";
    const conditions = next === validators?.url ? conditional(validators) : {};
    const body = await origins.use(target.origin, signal, async (pool) => {
      const begun = performance.now();
      const { userAgent, headersMs, stallMs, maxBytes } = settings;
      const body = await requestOnce({
        pool,
        url: target,
        userAgent,
        headers: conditions,
        headersMs,
        stallMs,
        totalMs: leftMs,
        maxBytes,
        signal,
        onHead: (head) => {
          note(trace, head.status, head.headers);
          encoding = joined(head.headers["content-encoding"]) ?? "";
          if (head.status === 304 && Object.keys(conditions).length > 0) verdict = { kind: "unchanged" };
          else verdict = judgeHead(head, settings);
          return verdict.kind === "body" ? "read" : "discard";
        },
        onBytes: (bytes) => {
          trace.bytes += bytes;
        },
      });
      leftMs -= performance.now() - begun;
      return body;
    });
    if (verdict?.kind === "failure") throw verdict.failure;
    if (verdict?.kind === "unchanged") return null;
    if (verdict?.kind !== "redirect")
      return await picture(body ?? Buffer.alloc(0), encoding, settings.maxBytes);
    next = redirectTarget(verdict.location, next);
    if (seen.has(next)) throw new FetchFailure("redirect_loop", `redirected to ${next} again`);
    if (trace.redirects === settings.maxRedirects) {
      throw new FetchFailure("redirect_loop", `more than ${settings.maxRedirects} redirects`);
    }
    if (leftMs <= 0) throw new FetchFailure("timeout", `not done within ${settings.totalMs} ms`);
    trace.redirects++;
  }
}

function conditional({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
  };
}

function note(trace: Trace, status: number, headers: Headers): void {
  trace.status = status;
  trace.contentType = joined(headers["content-type"]);
  trace.etag = validator(headers.etag);
  trace.lastModified = validator(headers["last-modified"]);
  const signals = ["x-robots-tag", "tdm-reservation", "tdm-policy"].flatMap((name) => {
    const value = joined(headers[name]);
    return value === null ? [] : [`${name}: ${value}`];
  });
  trace.robotsTag = signals.length === 0 ? null : signals.join("; ").slice(0, 1_000);
}

/** Longest ETag or Last-Modified that is kept: sent back on a later request, it must fit into that request's head. */
const maxValidator = 500;

function validator(header: string | string[] | undefined): string | null {
  return typeof header === "string" && header.length <= maxValidator ? header : null;
}

function joined(header: string | string[] | undefined): string | null {
  return header === undefined ? null : Array.isArray(header) ? header.join(", ") : header;
}

function redirectTarget(location: string | null, base: string): string {
  if (location === null) throw new FetchFailure("bad_redirect", "a redirect without Location");
  const target = normaliseUrl(location, base);
  if (target === null) throw new FetchFailure("bad_redirect", `redirected to ${location}`);
  return target;
}

async function picture(wire: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (wire.length === 0) throw new FetchFailure("empty_body", "the body is empty");
  const { body, unknown } = await decodeBody(wire, encoding, maxBytes);
  if (body.length === 0) throw new FetchFailure("empty_body", "the decoded body is empty");
  const { isImage, looksLike } = await detectImage(body);
  if (isImage) return body;
  if (unknown !== null) throw new FetchFailure("bad_encoding", `the body is encoded as ${unknown}`);
  throw new FetchFailure("not_an_image", `the body looks like ${looksLike}`);
}
