import { createRequire } from "node:module";

import type { FetchOptions } from "./fetch-options.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** The User-Agent header: who asks, and where to complain. */
export function userAgent({ userAgent: name = null, contact = null }: FetchOptions): string {
  const says = name ?? `Leyenda/${version}`;
  if (contact !== null) return `${says} (+${contact})`;
  return name ?? `${says} (image dataset builder)`;
}
