import { createHash } from "node:crypto";

/**
 * A row's key: the first 16 bytes of SHA-256(normalised URL, NUL, caption). It names the row for ever, in every run and
 * whatever its position in the list.
 *
 * @returns 32 hex digits
 */
export function rowKey(normalisedUrl: string, caption: string): string {
  return createHash("sha256").update(`${normalisedUrl}\0${caption}`).digest("hex").slice(0, 32);
}
