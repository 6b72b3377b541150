import { z } from "zod";

import { isContact } from "../is-contact.js";
import { count, milliseconds, positive } from "./numbers.js";

/** How pictures are downloaded. */
export const fetchSection = z.strictObject({
  concurrency: positive.max(4096).default(64).describe("Downloads in flight in each worker process"),
  connectionsPerHost: positive
    .max(256)
    .default(6)
    .describe("Requests in flight to one host, all worker processes together; each has at least one"),
  requestsPerSecondPerHost: z
    .number()
    .positive()
    .max(1_000_000)
    .default(20)
    .describe(
      "Requests to one host in a second, all worker processes together; halved when a host answers 429 or 503",
    ),
  dnsMs: milliseconds.default(5_000).describe("Deadline for a host's name lookup"),
  connectMs: milliseconds
    .default(5_000)
    .describe("Deadline for a TCP connection to any of a host's addresses"),
  tlsMs: milliseconds.default(5_000).describe("Deadline for a TLS handshake"),
  headersMs: milliseconds.default(10_000).describe("Deadline for the response headers"),
  stallMs: milliseconds.default(5_000).describe("Longest silence within a body"),
  totalMs: milliseconds.default(20_000).describe("Deadline of one attempt, redirects included"),
  maxBytes: positive.default(20_000_000).describe("Largest body, on the wire and decoded"),
  maxRedirects: count.max(50).default(5),
  retries: count.max(20).default(2).describe("Further attempts after a transient failure"),
  retryBaseMs: milliseconds.default(500).describe("First pause before a retry; it doubles each time"),
  maxRetryAfterMs: milliseconds.default(30_000).describe("Longest Retry-After that is waited for"),
  http2: z.boolean().default(true).describe("Offer HTTP/2 to https servers"),
  proxy: z
    .string()
    .min(1)
    .default("environment")
    .describe('URL of a proxy; "environment" reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY; "none"'),
  proxyLookup: z
    .enum(["local", "proxy"])
    .default("local")
    .describe(
      "Who looks names up when there is a proxy; only local lookups are checked for private addresses",
    ),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe("Further headers of every request, such as accept-language"),
  userAgent: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("The name that the User-Agent gives; null is Leyenda/<version>"),
  contact: z
    .string()
    .refine(isContact, "expected an http, https or mailto URL")
    .nullable()
    .default(null)
    .describe("Where to complain, added to the User-Agent: a URL, or mailto:<address>"),
  userAgentToken: z
    .string()
    .regex(/^[a-z_-]+$/i, "expected letters, '_' and '-' only, as RFC 9309 has it")
    .default("leyenda")
    .describe("The name under which robots.txt and X-Robots-Tag address this crawler"),
  robots: z
    .enum(["obey", "record", "ignore"])
    .default("obey")
    .describe("robots.txt (RFC 9309): obey it, only record what it says in each row, or do not ask for it"),
  tdmrep: z
    .enum(["obey", "record", "ignore"])
    .default("obey")
    .describe(
      "/.well-known/tdmrep.json of origins that gave a picture: obey it, only record it in each row, or do not ask for it",
    ),
  obeyOptOut: z
    .boolean()
    .default(true)
    .describe("Leave out pictures whose headers reserve them from AI training"),
  optOutDirectives: z
    .array(z.string().regex(/^[a-z-]+$/, "expected a directive in lower case, such as noindex"))
    .default(["noai", "noimageai"])
    .describe("Directives of X-Robots-Tag that reserve a picture"),
  allowPrivate: z.array(z.string()).default([]).describe("Host patterns whose private addresses are allowed"),
  breaker: z
    .strictObject({
      window: count
        .max(1_000_000)
        .default(500)
        .describe("Rows of a worker process that are looked at together; 0 never stops a run"),
      share: z
        .number()
        .gt(0)
        .max(1)
        .default(0.9)
        .describe("Share of rows and of hosts that must have failed"),
      hosts: positive.default(20).describe("Hosts that must have failed"),
      retry: z
        .boolean()
        .default(false)
        .describe("Whether it stops a retry too, in which most rows fail as they did before"),
    })
    .prefault({})
    .describe("When to stop a run in which nearly everything fails for a reason that may pass"),
  sharedRedirectRows: z
    .int()
    .min(2)
    .default(10)
    .describe("Rows that are redirected to one URL from which they are listed in shared-urls.ndjson"),
  resolve: z
    .record(z.string(), z.string())
    .default({})
    .describe("Host pattern to IP address, as curl --resolve"),
});
