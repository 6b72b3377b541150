import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";

import { FetchFailure } from "./fetch-failure.js";

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzipAsync: Decoder = promisify(gunzip);
const inflateAsync: Decoder = promisify(inflate);
const inflateRawAsync: Decoder = promisify(inflateRaw);

const decoders = new Map<string, Decoder>([
  ["gzip", gunzipAsync],
  ["x-gzip", gunzipAsync],
  ["br", promisify(brotliDecompress)],
  // Named after zlib's format; many servers send the bare stream all the same.
  [
    "deflate",
    (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? inflateAsync : inflateRawAsync)(body, options),
  ],
]);

/** More than anyone needs, and no lever for work. */
const maxCodings = 3;

export interface DecodedBody {
  body: Buffer;
  /** A coding that is none of ours, such as `utf-8` or `none`; the body is then as it came. */
  unknown: string | null;
}

/**
 * Undoes Content-Encoding: gzip, br and deflate, alone or one over the other. Output stops at `maxBytes`.
 *
 * @throws FetchFailure `bad_encoding` where the data is broken, `too_large`
 */
export async function decodeBody(
  body: Buffer,
  contentEncoding: string,
  maxBytes: number,
): Promise<DecodedBody> {
  const codings = contentEncoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > maxCodings)
    throw new FetchFailure("bad_encoding", `${codings.length} codings on one body`);
  let decoded = body;
  for (const coding of codings.reverse()) {
    const decode = decoders.get(coding);
    if (decode === undefined) return { body: decoded, unknown: coding };
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      if (code === "ERR_BUFFER_TOO_LARGE") {
        throw new FetchFailure(
          "too_large",
          `the body decodes to more than the ${maxBytes} bytes that are allowed`,
        );
      }
      throw new FetchFailure("bad_encoding", `the body is no valid ${coding}: ${code}`);
    }
  }
  return { body: decoded, unknown: null };
}
