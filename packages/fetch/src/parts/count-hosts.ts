import { createHash } from "node:crypto";
import { join } from "node:path";

import { type FetchedRow, type Manifest, readRows } from "@leyenda/core";

import { hostOf } from "../hosts/host-of.js";

/**
 * Different hosts that the rows named and, where they were redirected, ended at. Hosts that a redirect only passed through are
 * not kept, and not counted. Keeps 48 bits of each host's hash: among a million hosts the chance of any two meeting is 1 in 500.
 */
export async function countHosts(folder: string, { parts }: Manifest): Promise<number> {
  const hosts = new Set<number>();
  let last = "";
  const add = (url: string): void => {
    const host = hostOf(url);
    // Neighbours in a list often have the same host.
    if (host === null || host === last) return;
    last = host;
    hosts.add(createHash("sha256").update(host).digest().readUIntBE(0, 6));
  };
  for (const { files } of parts) {
    const columns = ["url", "final_url", "redirects"] as const;
    const path = join(folder, files["rows.arrow"]?.name ?? "");
    for (const row of await readRows<FetchedRow, (typeof columns)[number]>(path, columns)) {
      add(row.url);
      if (row.redirects > 0 && row.final_url !== null) add(row.final_url);
    }
  }
  return hosts.size;
}
