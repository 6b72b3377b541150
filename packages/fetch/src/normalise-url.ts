/** Longest URL that is asked for, in characters, before and after normalising. */
const maxUrlLength = 8_192;

/**
 * Brings a URL from a list into the one form that is asked for and that row keys are made of: the WHATWG form (spaces and
 * letters outside ASCII encoded, host in lower case and punycode, decimal and octal IPv4 hosts in dotted form, default
 * port dropped) without white space around it, fragment and credentials. Normalising a normal form changes nothing.
 *
 * @param base what a relative reference, such as a redirect's Location, is relative to
 * @returns null where there is no absolute http or https URL of at most 8,192 characters
 * @see https://url.spec.whatwg.org/#url-parsing
 */
export function normaliseUrl(raw: string, base?: string): string | null {
  const trimmed = raw.trim();
  if (trimmed.length > maxUrlLength || !URL.canParse(trimmed, base)) return null;
  const url = new URL(trimmed, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  url.username = "";
  url.password = "";
  url.hash = "";
  return url.href.length > maxUrlLength ? null : url.href;
}
