import { createHash } from "node:crypto";

import { z } from "zod";

import type { CaptionTranslation } from "../translate-captions.js";

/*
 * A line of a cache file: the SHA-256 of the caption in hex (64 bytes), the translation as a JSON array, and the first 16
 * digits of the SHA-256 of all that, with tabs between them and a line feed behind. A process that is ended while it writes
 * leaves a line without its end; a disk that fails leaves one whose digits are wrong. Both are no lines.
 */
const values = z.tuple([
  z.string(),
  z.number(),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.boolean(),
  z.int().nonnegative(),
  z.boolean(),
]);

export const captionDigits = 64;
const checkDigits = 16;

/** A line without its line feed. */
export function formatCacheLine(captionHash: string, translation: CaptionTranslation): string {
  const { text, score, sourceTokens, targetTokens, truncated, unknown, reachedMaxLength } = translation;
  const json = JSON.stringify([
    text,
    score,
    sourceTokens,
    targetTokens,
    truncated,
    unknown,
    reachedMaxLength,
  ] satisfies z.infer<typeof values>);
  const content = `${captionHash}\t${json}`;
  return `${content}\t${check(content)}`;
}

/** @returns the translation of that caption, or null where the line is torn, damaged or another caption's */
export function parseCacheLine(line: string, captionHash: string): CaptionTranslation | null {
  const content = line.slice(0, -checkDigits - 1);
  if (!content.startsWith(`${captionHash}\t`) || line !== `${content}\t${check(content)}`) return null;
  const parsed = values.safeParse(JSON.parse(content.slice(captionDigits + 1)));
  if (!parsed.success) return null;
  const [text, score, sourceTokens, targetTokens, truncated, unknown, reachedMaxLength] = parsed.data;
  return { text, score, sourceTokens, targetTokens, truncated, unknown, reachedMaxLength };
}

function check(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, checkDigits);
}
