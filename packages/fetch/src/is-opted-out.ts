/** Response headers with names in lower case, as undici gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface OptOutOptions {
  /** The name under which publishers address this crawler, such as `leyenda`; case does not matter. */
  userAgentToken: string;
  /** @default ["noai", "noimageai"] */
  directives?: readonly string[];
}

/**
 * Whether a response's headers reserve it from use in AI training.
 *
 * `X-Robots-Tag` is read as comma-separated directives. `name:` before a directive addresses it and those after it to one
 * crawler, until the next name; without a name they are for everyone. `tdm-reservation: 1` reserves too; other values
 * do not.
 *
 * @see https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag#xrobotstag
 * @see https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
 */
export function isOptedOut(
  headers: Headers,
  { userAgentToken, directives = ["noai", "noimageai"] }: OptOutOptions,
): boolean {
  if (values(headers["tdm-reservation"]).some((value) => value.trim() === "1")) return true;
  const ours = userAgentToken.toLowerCase();
  return values(headers["x-robots-tag"]).some((value) =>
    directivesFor(ours, value.toLowerCase()).some((directive) => directives.includes(directive)),
  );
}

/** Directives whose own values follow a colon: what stands before that colon is no crawler's name. */
const valued = new Set(["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"]);

/** A crawler's name has no spaces, unlike the dates whose colons and commas `unavailable_after` brings. */
const crawlerName = /^[^\s]+$/;

function directivesFor(ours: string, value: string): string[] {
  const found: string[] = [];
  let addressed = true;
  for (const part of value.split(",")) {
    const colon = part.indexOf(":");
    const name = part.slice(0, Math.max(colon, 0)).trim();
    const scoped = crawlerName.test(name) && !valued.has(name);
    if (scoped) addressed = name === ours || name === "*";
    if (addressed) found.push((scoped ? part.slice(colon + 1) : part).trim());
  }
  return found;
}

function values(header: string | string[] | undefined): string[] {
  return header === undefined ? [] : Array.isArray(header) ? header : [header];
}
