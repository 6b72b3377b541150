import type { Socket } from "node:net";

/** Where a connection is wanted. */
export interface ConnectTarget {
  protocol: "http:" | "https:";
  /** Name or IP address; IPv6 without brackets. */
  hostname: string;
  port: number;
}

export interface FetchOptions {
  /** Requests in flight; more wait for their turn, which costs no deadline. @default as many as are asked for */
  concurrency?: number;
  /** Connections, and so requests in flight, to one host name. @default 6 */
  connectionsPerHost?: number;
  /**
   * Requests to one host name in a second; one that was left in peace may get as many at once. Less after a 429 or 503:
   * half of what it was asked, growing back within a minute. @default 20
   */
  requestsPerSecondPerHost?: number;
  /** Processes that download at the same time and share what a host may be asked; see `hostLimits`. @default 1 */
  workers?: number;
  /** Origins whose idle connections are kept for the next request. @default 256 */
  maxIdleOrigins?: number;
  /** Deadline for a host's name lookup, milliseconds. @default 5_000 */
  dnsMs?: number;
  /** Deadline for a TCP connection to any of a host's addresses, milliseconds. @default 5_000 */
  connectMs?: number;
  /** Deadline for a TLS handshake, milliseconds. @default 5_000 */
  tlsMs?: number;
  /** Deadline from the request to the end of the response's headers, milliseconds. @default 10_000 */
  headersMs?: number;
  /** Longest silence within a body, milliseconds. @default 5_000 */
  stallMs?: number;
  /**
   * Deadline of one attempt, redirects included, milliseconds. Waiting for a free connection to a busy origin does not
   * count: that is our own doing. @default 20_000
   */
  totalMs?: number;
  /** Largest body in bytes, both on the wire and decoded. @default 20_000_000 */
  maxBytes?: number;
  /** Redirects followed in one attempt. @default 5 */
  maxRedirects?: number;
  /** Further attempts after a failure that may pass. @default 2 */
  retries?: number;
  /** First pause before a retry, milliseconds; it doubles each time, and half of it is drawn by lot. @default 500 */
  retryBaseMs?: number;
  /**
   * Longest Retry-After that is waited for, milliseconds, by all requests to that host; a host that asks for more is not
   * asked until then, and whoever wants to ends with the outcome of that answer. @default 30_000
   */
  maxRetryAfterMs?: number;
  /** Offer HTTP/2 to https servers. @default true */
  http2?: boolean;
  /**
   * The proxy that every connection goes through, by CONNECT: a URL (credentials in it are sent to the proxy alone), or
   * `environment` for HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, or `none`. Hosts that `allowPrivate` lets be at a
   * private address are reached without it. @default "environment"
   */
  proxy?: string;
  /**
   * Who looks names up when there is a proxy. `local`: names are looked up and checked here, and the proxy is told the
   * checked address. `proxy`: the proxy is told the name, and where that leads to is for the proxy to check.
   * @default "local"
   */
  proxyLookup?: "local" | "proxy";
  /**
   * Headers sent with every request, to every host: `{ referer: "…" }`. Names that belong to the connection, to this
   * client or to one host alone (such as cookies) are refused. @default {}
   */
  headers?: Readonly<Record<string, string>>;
  /** The name that this client gives itself; null is `Leyenda/<version>`. @default null */
  userAgent?: string | null;
  /**
   * Where to complain: a URL (http, https, mailto), which is added to the User-Agent: `Leyenda/0.1.0 (+https://…)`.
   * @default null
   */
  contact?: string | null;
  /** The name under which robots.txt and X-Robots-Tag address this crawler. @default "leyenda" */
  userAgentToken?: string;
  /**
   * What to do about robots.txt (RFC 9309), on every hop: obey it, only record what it says, or not ask for it.
   * @default "obey"
   */
  robots?: "obey" | "record" | "ignore";
  /**
   * What to do about `/.well-known/tdmrep.json` of origins that gave a picture without a `tdm-reservation` header: obey it,
   * only record what it says, or not ask for it. @default "obey"
   */
  tdmrep?: "obey" | "record" | "ignore";
  /** Leave out pictures whose headers reserve them; see `isOptedOut`. @default true */
  obeyOptOut?: boolean;
  /** X-Robots-Tag directives that reserve a picture. @default ["noai", "noimageai"] */
  optOutDirectives?: readonly string[];
  /** Host patterns (see `matchHost`) whose addresses need not be public. @default [] */
  allowPrivate?: readonly string[];
  /** Host pattern → IP address that is used instead of a lookup; the first fitting pattern counts. @default {} */
  resolve?: Readonly<Record<string, string>>;
  /** PEM certificates that are trusted besides Node's own. @default [] */
  ca?: readonly string[];

  /**
   * Opens connections in the network's place, TLS included: what comes back carries plain HTTP/1.1. `resolve` and the
   * address check are then not used, since the function alone decides where it connects.
   */
  connect?: (target: ConnectTarget) => Socket | Promise<Socket>;
  /** IP addresses of a host name; rejects where there are none. @default `createLookup()`, DNS over c-ares */
  lookup?: (hostname: string) => Promise<readonly string[]>;
  /** Milliseconds since 1970, for Retry-After dates. @default Date.now */
  now?: () => number;
  /** Waits; rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0, below 1. @default Math.random */
  random?: () => number;
}

/** Options with every default filled in; what replaces the network stays optional. */
export type FetchSettings = Required<Omit<FetchOptions, "connect" | "lookup">> &
  Pick<FetchOptions, "connect" | "lookup">;
