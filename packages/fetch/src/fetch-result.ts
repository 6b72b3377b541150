import type { Outcome } from "@leyenda/core";

/** What an earlier download said of its body, for asking whether that is still the same. */
export interface Validators {
  /** The URL that answered with them: its `finalUrl`. They are sent there and nowhere else. */
  url: string;
  etag: string | null;
  lastModified: string | null;
}

/** How the download of one URL ended. */
export interface FetchResult {
  outcome: Outcome;
  /** Status of the last response that came, also where it was a redirect; null where none came. */
  status: number | null;
  /** The last URL that was asked for, or refused before asking; null for a `bad_url`. */
  finalUrl: string | null;
  /** The Content-Type header as it came: what the server says, never what decides. */
  contentType: string | null;
  /** Whether the server says that the picture is the one the request's validators stand for: then ok, without a body. */
  unchanged: boolean;
  /** The picture, decoded from any Content-Encoding; null unless ok. */
  body: Uint8Array | null;
  /** SHA-256 of `body` in hex; null unless ok. */
  sha256: string | null;
  /** Body bytes received in the last attempt, as they came over the wire. */
  bytes: number;
  /** Attempts made; 0 for a `bad_url`. */
  attempts: number;
  /** Redirects followed in the last attempt. */
  redirects: number;
  /** One short line on why the outcome is not ok; null when it is. */
  detail: string | null;
  /** From the call to the result, milliseconds: attempts, pauses and waits for a connection. */
  elapsedMs: number;
  /** The ETag and Last-Modified headers of the last response, for `FetchImageOptions.validators`; null without them. */
  etag: string | null;
  lastModified: string | null;
  /** What robots.txt said of the last URL, by which line, and when it was read; null where it was not asked. */
  robotsTxt: string | null;
  /** What tdmrep.json of the last URL's origin said of it, and when it was read; null where it said nothing, or was not asked. */
  tdmrep: string | null;
  /** The X-Robots-Tag and TDM headers of the last response, one `name: value` after the other; null without any. */
  robotsTag: string | null;
}
