/** What kind of end an outcome is: transient ones may be tried again, the others say the same tomorrow. */
export type OutcomeClass = "ok" | "transient" | "permanent" | "policy" | "selection";

/**
 * Every way in which an input row can end, and its class. The list is closed: a row ends with exactly one of these, and
 * input rows = Σ outcomes in every record, manifest and report.
 */
export const outcomeClasses = {
  ok: "ok",
  // fetch: worth another attempt
  dns: "transient",
  connect: "transient",
  tls: "transient",
  timeout: "transient",
  http_429: "transient",
  http_5xx: "transient",
  reset: "transient",
  truncated_body: "transient",
  // fetch: the same tomorrow
  malformed_row: "permanent",
  bad_url: "permanent",
  http_3xx: "permanent",
  http_4xx: "permanent",
  http_protocol: "permanent",
  redirect_loop: "permanent",
  bad_redirect: "permanent",
  empty_body: "permanent",
  too_large: "permanent",
  bad_encoding: "permanent",
  not_an_image: "permanent",
  // fetch: refused by us or by the publisher
  blocked_address: "policy",
  opted_out: "policy",
  robots: "policy",
  // clean: refused by the user's own lists
  excluded: "policy",
  // clean: one picture
  unsupported_format: "permanent",
  corrupt: "permanent",
  truncated_image: "permanent",
  bomb: "permanent",
  animated: "permanent",
  too_small: "permanent",
  aspect: "permanent",
  area: "permanent",
  decoder_timeout: "permanent",
  decoder_crash: "permanent",
  // clean: the caption
  caption_short: "selection",
  caption_long: "selection",
  caption_language: "selection",
  caption_boilerplate: "selection",
  // clean: the whole list
  duplicate: "selection",
  placeholder: "selection",
  reserve: "selection",
} as const satisfies Record<string, OutcomeClass>;

export type Outcome = keyof typeof outcomeClasses;
