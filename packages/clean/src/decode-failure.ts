import type { CleanFailure } from "./clean-result.js";

/** libvips and its codecs say in words only what went wrong. */
const words: readonly [RegExp, CleanFailure["outcome"]][] = [
  [/exceeds (pixel|sane|memory|maximum)|too large|dimensions? exceed|tile limit|limit/i, "bomb"],
  [/unsupported image format|no known loader/i, "unsupported_format"],
  [/timeout/i, "decoder_timeout"],
  [
    /premature end|truncated|unexpected end|end of (stream|file|data)|not enough data|insufficient|ran out|IDAT stream/i,
    "truncated_image",
  ],
];

/** The outcome that a decoder's error stands for; `corrupt` where it says nothing more exact. */
export function decodeFailure(error: unknown): CleanFailure {
  const detail = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const outcome = words.find(([pattern]) => pattern.test(detail))?.[1] ?? "corrupt";
  return { outcome, detail };
}
