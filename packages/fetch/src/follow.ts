import type { BufferPool } from "./buffer-pool.js";
import type { CollectedBody } from "./collect-body.js";
import { FetchFailure } from "./fetch-failure.js";
import type { FetchSettings } from "./fetch-options.js";
import type { Turn } from "./hosts/turn.js";
import type { Turns } from "./hosts/turns.js";
import type { HeadVerdict } from "./judge-head.js";
import { normaliseUrl } from "./normalise-url.js";
import type { Origins } from "./origins.js";
import type { OriginFiles } from "./origin-files.js";
import type { RobotsFile } from "./robots/robots-verdict.js";
import type { TdmFile } from "./tdmrep/load-tdmrep.js";
import { type Head, requestOnce } from "./request-once.js";
import { userAgent } from "./user-agent.js";

/** What every request goes through. */
export interface Web {
  origins: Origins;
  turns: Turns;
  robots: OriginFiles<RobotsFile>;
  tdmrep: OriginFiles<TdmFile>;
  /** Memory for bodies. */
  pool: BufferPool;
  settings: FetchSettings;
}

type Verdict = HeadVerdict | { kind: "unchanged" };
type RequestHeaders = Readonly<Record<string, string>>;

export interface FollowOptions {
  maxBytes: number;
  maxRedirects: number;
  turn: Turn;
  signal: AbortSignal;
  /**
   * Called before each request, also for a redirect's target; throws a FetchFailure where it must not be sent.
   *
   * @returns headers to send besides the usual ones
   */
  before: (url: URL) => Promise<RequestHeaders> | RequestHeaders;
  /** Says what to do with a response, and may throw a FetchFailure. */
  judge: (head: Head) => Verdict;
  onBytes: (bytes: number) => void;
  onRedirect: () => void;
}

/**
 * Asks for a URL and follows redirects to a response that is none. Waiting for a turn costs no deadline.
 *
 * @param url normalised
 * @returns the last response's body, decoded; empty where there is none, null where it is unchanged
 * @throws FetchFailure, or the signal's reason when it aborts
 */
export async function follow(url: string, web: Web, options: FollowOptions): Promise<CollectedBody | null> {
  const { turn, signal, maxRedirects } = options;
  const { totalMs } = web.settings;
  const seen = new Set<string>();
  let leftMs = totalMs;
  for (let next = url; ;) {
    seen.add(next);
    const target = new URL(next);
    const headers = await options.before(target);
    await turn.enter(target.hostname, signal);
    const begun = performance.now();
    let answer;
    try {
      answer = await ask(target, headers, leftMs, web, options);
    } finally {
      turn.leave();
    }
    leftMs -= performance.now() - begun;
    const { verdict, body } = answer;
    if (verdict?.kind === "failure") throw verdict.failure;
    if (verdict?.kind === "unchanged") return null;
    if (verdict?.kind !== "redirect") return body ?? { body: Buffer.alloc(0), unknown: null };
    next = redirectTarget(verdict.location, next);
    if (seen.has(next)) throw new FetchFailure("redirect_loop", `redirected to ${next} again`);
    if (seen.size > maxRedirects)
      throw new FetchFailure("redirect_loop", `more than ${maxRedirects} redirects`);
    if (leftMs <= 0) throw new FetchFailure("timeout", `not done within ${totalMs} ms`);
    options.onRedirect();
  }
}

/** Sends one request. A host that says it is too much is asked less from then on. */
async function ask(
  url: URL,
  headers: RequestHeaders,
  totalMs: number,
  { origins, turns, pool, settings }: Web,
  { maxBytes, turn, signal, judge, onBytes }: FollowOptions,
): Promise<{ verdict: Verdict | undefined; body: CollectedBody | null }> {
  const { headersMs, stallMs, maxRetryAfterMs } = settings;
  let verdict: Verdict | undefined;
  const body = await origins.use(url.origin, (channel) =>
    requestOnce({
      channel,
      url,
      headers: { ...settings.headers, ...headers, "user-agent": userAgent(settings) },
      headersMs,
      stallMs,
      totalMs,
      maxBytes,
      pool,
      signal,
      onHead: (head) => {
        verdict = judge(head);
        if (verdict.kind === "failure" && (head.status === 429 || head.status === 503)) {
          const { retryAfterMs, outcome } = verdict.failure;
          const refuses = retryAfterMs !== null && retryAfterMs > maxRetryAfterMs;
          turns.slowDown(turn, retryAfterMs, refuses ? refusal(url, outcome, retryAfterMs) : null);
        }
        return verdict.kind === "body" ? "read" : "discard";
      },
      onBytes,
    }),
  );
  return { verdict, body };
}

function refusal({ hostname }: URL, outcome: FetchFailure["outcome"], retryAfterMs: number): FetchFailure {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return new FetchFailure(outcome, `not asked: ${hostname} wants no request for ${seconds} s`, {
    retryable: false,
  });
}

function redirectTarget(location: string | null, base: string): string {
  if (location === null) throw new FetchFailure("bad_redirect", "a redirect without Location");
  const target = normaliseUrl(location, base);
  if (target === null) throw new FetchFailure("bad_redirect", `redirected to ${location}`);
  return target;
}
