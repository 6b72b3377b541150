import type { CollectedBody } from "./collect-body.js";
import { detectImage } from "./detect-image.js";
import { FetchFailure } from "./fetch-failure.js";
import type { Validators } from "./fetch-result.js";
import { follow, type Web } from "./follow.js";
import type { Turn } from "./hosts/turn.js";
import type { Headers } from "./is-opted-out.js";
import { judgeHead } from "./judge-head.js";
import { checkTdmrep } from "./tdmrep/check-tdmrep.js";
import { checkRobots } from "./robots/check-robots.js";

/** What an attempt has seen so far; kept up to date, so that it tells as much when the attempt fails. */
export interface Trace {
  status: number | null;
  finalUrl: string;
  contentType: string | null;
  robotsTxt: string | null;
  tdmrep: string | null;
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
  web: Web,
  turn: Turn,
  signal: AbortSignal,
  validators?: Validators,
): Promise<Buffer | null> {
  const { maxBytes, maxRedirects } = web.settings;
  let headers: Headers = {};
  let conditions: Record<string, string> = {};
  const body = await follow(url, web, {
    maxBytes,
    maxRedirects,
    turn,
    signal,
    before: async (target) => {
      const { href } = target;
      trace.finalUrl = href;
      await checkRobots(target, web, turn, signal, (said) => {
        trace.robotsTxt = said;
      });
      conditions = href === validators?.url ? conditional(validators) : {};
      return conditions;
    },
    judge: (head) => {
      ({ headers } = head);
      note(trace, head.status, headers);
      const unchanged = head.status === 304 && Object.keys(conditions).length > 0;
      return unchanged ? { kind: "unchanged" } : judgeHead(head, web.settings);
    },
    onBytes: (bytes) => {
      trace.bytes += bytes;
    },
    onRedirect: () => {
      trace.redirects += 1;
    },
  });
  const image = body === null ? null : await picture(body, trace.bytes);
  // After the picture, so that only origins that have some are asked; a header of the picture's own goes before the file.
  if (!headers["tdm-reservation"]) {
    await checkTdmrep(new URL(trace.finalUrl), web, turn, signal, (said) => {
      trace.tdmrep = said;
    });
  }
  return image;
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

async function picture({ body, unknown }: CollectedBody, wireBytes: number): Promise<Buffer> {
  if (wireBytes === 0) throw new FetchFailure("empty_body", "the body is empty");
  if (body.length === 0) throw new FetchFailure("empty_body", "the decoded body is empty");
  const { isImage, looksLike } = await detectImage(body);
  if (isImage) return body;
  if (unknown !== null) throw new FetchFailure("bad_encoding", `the body is encoded as ${unknown}`);
  throw new FetchFailure("not_an_image", `the body looks like ${looksLike}`);
}
