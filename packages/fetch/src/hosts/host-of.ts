import { normaliseUrl } from "../normalise-url.js";

/** The host that a URL from a list asks first; null where it asks nobody. */
export function hostOf(url: string): string | null {
  const normalised = normaliseUrl(url);
  return normalised === null ? null : new URL(normalised).hostname;
}
