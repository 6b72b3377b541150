import type { TranslatedRow } from "@leyenda/core";

import { takedownHash } from "./takedown-hash.js";
import type { TakedownEntry, TakedownKind } from "./takedown-log.js";

type Matched = Pick<TranslatedRow, "key" | "url" | "final_url" | "source_sha256">;

/** Makes entries into a function that returns the first of them that a row falls under, or null. */
export function matchTakedowns(entries: readonly TakedownEntry[]): (row: Matched) => TakedownEntry | null {
  const byKind = new Map<TakedownKind, Map<string, TakedownEntry>>();
  for (const entry of entries) {
    const ofKind = byKind.get(entry.kind) ?? new Map<string, TakedownEntry>();
    byKind.set(entry.kind, ofKind.set(entry.hash, entry));
  }
  return (row) => {
    for (const [kind, known] of byKind)
      for (const value of valuesOf(kind, row)) {
        const entry = known.get(takedownHash(kind, value));
        if (entry !== undefined) return entry;
      }
    return null;
  };
}

function valuesOf(kind: TakedownKind, row: Matched): string[] {
  // Redirects: the owner of either address may ask.
  const urls = [...new Set([row.url, row.final_url])];
  if (kind === "url") return urls;
  if (kind === "key") return [row.key];
  if (kind === "sha256") return [row.source_sha256];
  return urls.flatMap((url) => (URL.canParse(url) ? domainsOf(new URL(url).hostname) : []));
}

/** A host and every domain that it lies in. */
function domainsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}
