import { constants } from "node:http2";

import { FetchFailure } from "./fetch-failure.js";
import { Http2StreamError } from "./http2-stream-error.js";

export interface Progress {
  /** Whether the response's head had come. */
  answered: boolean;
  /** Body bytes that had come. */
  received: number;
  /** Content-Length; 0 where there is none. */
  declared: number;
}

/** Turns what undici or a socket reports while a request is running into a failure with an outcome. */
export function classifyError(error: Error & { code?: string }, progress: Progress): FetchFailure {
  if (error instanceof FetchFailure) return error;
  if (error instanceof Http2StreamError) return classifyStream(error, progress);
  const code = error.code ?? "";
  if (code === "UND_ERR_HEADERS_OVERFLOW")
    return new FetchFailure("http_protocol", "the response's head is too large");
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    // undici's word for any parser error after a Content-Length, so within a head it means that the head is wrong.
    return progress.answered
      ? truncated(progress)
      : new FetchFailure("http_protocol", "contradictory headers");
  }
  if (code === "HPE_INVALID_EOF_STATE") return brokenOff(progress);
  if (code.startsWith("HPE_")) return new FetchFailure("http_protocol", error.message || code);
  if (code === "UND_ERR_SOCKET") {
    // undici's words for a response where none was asked for, a 100 Continue and an unasked upgrade.
    if (error.message.startsWith("bad "))
      return new FetchFailure("http_protocol", `unexpected response: ${error.message}`);
    return brokenOff(progress);
  }
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return new FetchFailure("tls", code);
  if (code.startsWith("UND_ERR") || code === "")
    return new FetchFailure("http_protocol", error.message || code);
  return new FetchFailure("reset", `the connection broke: ${code}`);
}

function classifyStream({ rstCode, breaksRules }: Http2StreamError, progress: Progress): FetchFailure {
  const short = progress.answered && progress.received < progress.declared;
  // Node's word for a stream that ends before its Content-Length.
  if (rstCode === constants.NGHTTP2_PROTOCOL_ERROR && short) return truncated(progress);
  if (breaksRules) return new FetchFailure("http_protocol", `HTTP/2 error code ${rstCode}`);
  // Without an error it is the connection that was closed, which ends streams with CANCEL.
  if (rstCode === constants.NGHTTP2_NO_ERROR || rstCode === constants.NGHTTP2_CANCEL)
    return brokenOff(progress);
  return new FetchFailure("reset", `the HTTP/2 stream was reset with code ${rstCode}`);
}

function brokenOff(progress: Progress): FetchFailure {
  return progress.answered ? truncated(progress) : new FetchFailure("reset", "closed without an answer");
}

function truncated({ received, declared }: Progress): FetchFailure {
  const of = declared > 0 ? ` of ${declared}` : "";
  return new FetchFailure("truncated_body", `the body ended after ${received}${of} bytes`);
}
