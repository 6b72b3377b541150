/** How a URL of the sample web behaves. */
export interface BehaviourSpec {
  /** Rows that behave so. */
  count: number;
  /** What a download must come to. */
  fetch: string;
  /** What becomes of an ok download; `ok` where nothing is said. */
  clean?: string;
}

/** The misbehaviour of the web, and what must come of it. Outcomes are those of `@leyenda/core`. */
export const behaviours = {
  notFound: { count: 40, fetch: "http_4xx" },
  disallowed: { count: 12, fetch: "robots" },
  reserved: { count: 8, fetch: "opted_out" },
  forbidden: { count: 40, fetch: "http_4xx" },
  gone: { count: 12, fetch: "http_4xx" },
  tooManyThenOk: { count: 20, fetch: "ok" },
  tooMany: { count: 6, fetch: "http_429" },
  errorThenOk: { count: 24, fetch: "ok" },
  error: { count: 16, fetch: "http_5xx" },
  redirect: { count: 40, fetch: "ok" },
  redirectLoop: { count: 8, fetch: "redirect_loop" },
  redirectMany: { count: 6, fetch: "redirect_loop" },
  redirectNowhere: { count: 8, fetch: "bad_redirect" },
  redirectToMissing: { count: 12, fetch: "http_4xx" },
  redirectToFile: { count: 4, fetch: "bad_redirect" },
  redirectToPrivate: { count: 6, fetch: "blocked_address" },
  softNotFound: { count: 60, fetch: "not_an_image" },
  json: { count: 10, fetch: "not_an_image" },
  noise: { count: 16, fetch: "not_an_image" },
  svg: { count: 10, fetch: "not_an_image" },
  empty: { count: 12, fetch: "empty_body" },
  noContent: { count: 4, fetch: "empty_body" },
  shortLength: { count: 16, fetch: "truncated_body" },
  reset: { count: 8, fetch: "reset" },
  drip: { count: 4, fetch: "timeout" },
  hang: { count: 4, fetch: "timeout" },
  hugeLength: { count: 4, fetch: "too_large" },
  optOut: { count: 24, fetch: "opted_out" },
  gzip: { count: 20, fetch: "ok" },
  wrongType: { count: 30, fetch: "ok" },
  oddUrl: { count: 20, fetch: "ok" },
  truncatedPicture: { count: 40, fetch: "ok", clean: "truncated_image" },
  corruptPicture: { count: 20, fetch: "ok", clean: "corrupt" },
  icon: { count: 40, fetch: "ok", clean: "too_small" },
  banner: { count: 10, fetch: "ok", clean: "aspect" },
  animation: { count: 12, fetch: "ok", clean: "animated" },
  bomb: { count: 3, fetch: "ok", clean: "bomb" },
  duplicate: { count: 60, fetch: "ok" },
  placeholder: { count: 40, fetch: "ok" },
  unknownHost: { count: 5, fetch: "dns" },
  closedPort: { count: 5, fetch: "connect" },
  privateAddress: { count: 5, fetch: "blocked_address" },
  badUrl: { count: 6, fetch: "bad_url" },
  malformedRow: { count: 4, fetch: "malformed_row" },
} as const satisfies Record<string, BehaviourSpec>;

export type Behaviour = "healthy" | keyof typeof behaviours;
