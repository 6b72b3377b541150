import type { CleanFailure } from "./clean-result.js";
import { isCutShort } from "./is-cut-short.js";
import type { ImageFormat } from "./sniff-format.js";

/** libvips and its codecs say in words only what went wrong. */
const words: readonly [RegExp, CleanFailure["outcome"]][] = [
  [/exceeds (the )?(pixel|memory) limit|too large|maximum supported image dimension/i, "bomb"],
  [/unsupported jpeg|unsupported codec|no decoding plugin/i, "unsupported_format"],
  [/timeout/i, "decoder_timeout"],
  [/premature end of jpeg|unexpected end|truncated|end of (stream|file)|not enough data/i, "truncated_image"],
];

/**
 * What libjpeg only warns about although nothing of the picture is lost: bytes between segments, a version number it does not
 * know, scans in an unusual order. A colour profile that cannot be used is one that is not there.
 */
const harmless =
  /extraneous bytes before marker|unknown JFIF revision|Inconsistent progression|^VipsIcc:|^read gave \d+ warnings|^Warning treated as error/i;

/** A message is every warning and error on the way, one a line, often repeated. */
function linesOf(error: unknown): string[] {
  const message = error instanceof Error ? error.message : String(error);
  return [...new Set(message.split("\n").map((line) => line.trim()))].filter((line) => line !== "");
}

/** Whether a picture was refused only because of warnings that cost it nothing. */
export function isHarmless(error: unknown): boolean {
  return linesOf(error).every((line) => harmless.test(line));
}

/** The words of the codec, without those who passed them on; some pass on none. */
function withoutPrefix(line: string): string {
  const said = line.replace(/^Input buffer has corrupt header:\s*/, "").replace(/^VipsJpeg: /, "");
  // Its first bytes are those of the format; what should follow them is not there.
  if (said === "" || said.includes("unsupported image format")) return "the header is damaged";
  return said === "Unknown error" ? "the decoder gave up without a reason" : said;
}

/** The outcome that a decoder's error stands for; `corrupt` where neither it nor the file says anything more exact. */
export function decodeFailure(
  error: unknown,
  format: ImageFormat,
  bytes: Uint8Array,
): Pick<CleanFailure, "outcome" | "detail"> {
  const lines = linesOf(error);
  const telling = lines.filter((line) => !harmless.test(line));
  const said = new Set((telling.length === 0 ? lines : telling).map(withoutPrefix));
  const detail = [...said].join("; ").slice(0, 200);
  const outcome =
    words.find(([pattern]) => pattern.test(detail))?.[1] ??
    (isCutShort(format, bytes) ? "truncated_image" : "corrupt");
  return { outcome, detail };
}
