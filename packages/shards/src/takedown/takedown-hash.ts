import { sha256 } from "@leyenda/core";

import type { TakedownKind } from "./takedown-log.js";

/**
 * The hash by which something is on the log of takedowns. URLs count in full (escaped, with a path, without fragment), hosts and
 * hex digits in small letters, so that other spellings of the same are the same.
 */
export function takedownHash(kind: TakedownKind, value: string): string {
  return sha256(kind === "url" ? fullUrl(value) : value.toLowerCase());
}

function fullUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href;
}
