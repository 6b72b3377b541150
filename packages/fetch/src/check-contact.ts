import type { FetchConfig } from "@leyenda/core";

import { hostOf } from "./hosts/host-of.js";
import { readSourceRows } from "./source/read-source-rows.js";
import type { SourcePart } from "./source/source-part.js";

/** Hosts of the first part's rows from which on their owners should know whom to ask. */
const manyHosts = 100;

/**
 * Warns of a download from many hosts that says nowhere where to complain. Reads the first part until it has seen enough.
 *
 * @returns one sentence, or none
 */
export async function checkContact(
  { contact, userAgent }: Pick<FetchConfig["fetch"], "contact" | "userAgent">,
  [first]: readonly SourcePart[],
): Promise<string[]> {
  const isNamed = contact !== null || /https?:|@/.test(userAgent ?? "");
  if (isNamed || first === undefined) return [];
  const hosts = new Set<string>();
  for await (const row of readSourceRows(first)) {
    const host = row.ok ? hostOf(row.url) : null;
    if (host !== null) hosts.add(host);
    if (hosts.size > manyHosts)
      return [
        `more than ${manyHosts} hosts are asked without a contact; set fetch.contact to a page or mailto:<address>, so that their owners can complain to you before they block you`,
      ];
  }
  return [];
}
