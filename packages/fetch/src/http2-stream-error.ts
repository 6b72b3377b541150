import { constants } from "node:http2";

/** Codes with which a stream ends because somebody broke HTTP/2's rules, the server mostly. */
const ruleBreaks = new Set<number>([
  constants.NGHTTP2_PROTOCOL_ERROR,
  constants.NGHTTP2_FLOW_CONTROL_ERROR,
  constants.NGHTTP2_SETTINGS_TIMEOUT,
  constants.NGHTTP2_STREAM_CLOSED,
  constants.NGHTTP2_FRAME_SIZE_ERROR,
  constants.NGHTTP2_COMPRESSION_ERROR,
  // What Node answers headers beyond its bounds with.
  constants.NGHTTP2_ENHANCE_YOUR_CALM,
]);

/** An HTTP/2 stream that ended without a complete response. */
export class Http2StreamError extends Error {
  override readonly name = "Http2StreamError";
  /** @see https://www.rfc-editor.org/rfc/rfc9113#section-7 */
  readonly rstCode: number;
  readonly breaksRules: boolean;

  /** @param cause Node's error, where there is one */
  constructor(rstCode: number, cause: (Error & { code?: string }) | undefined) {
    super(`HTTP/2 stream ended with code ${rstCode}`, { cause });
    this.rstCode = rstCode;
    // Errors of the connection: what came was no HTTP/2.
    this.breaksRules = ruleBreaks.has(rstCode) || cause?.code === "ERR_HTTP2_ERROR";
  }
}
