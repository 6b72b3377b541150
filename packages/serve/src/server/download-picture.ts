import type { Outcome } from "@leyenda/core";
import type { FetchClient } from "@leyenda/fetch";

import { Refusal } from "../refusal.js";

/** Outcomes that have a status of their own; all others are 422: the request is understood, and nothing comes of it. */
const statuses: Partial<Record<Outcome, number>> = { bad_url: 400, too_large: 413, not_an_image: 415 };

const hints: Partial<Record<Outcome, string>> = {
  bad_url: "give an address that begins with https:// or http://",
  blocked_address: "only addresses on the public internet are asked",
  not_an_image: "give the address of the picture itself, not of the page around it",
  opted_out: "the picture's site reserves it from such use",
  robots: "the picture's site does not let programs ask for it",
};

/**
 * Downloads a picture for a request. Where it comes from is for strangers to say, so that no address within the network is asked,
 * on no hop.
 *
 * @throws Refusal with the outcome as its code
 */
export async function downloadPicture(
  client: FetchClient,
  url: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { body, outcome, status } = await client.fetchImage(url, { signal });
  if (body !== null) return body;
  const hint = hints[outcome];
  // The detail may tell of addresses that are nobody's business.
  const said = status === null ? "" : `, status ${status}`;
  throw new Refusal(
    statuses[outcome] ?? 422,
    outcome,
    `the picture could not be downloaded: ${outcome}${said}`,
    hint === undefined ? {} : { hint },
  );
}
