import { join } from "node:path";

import { type Json, type Manifest, writeFileAtomically } from "@leyenda/core";

import { mergePoliteness, namedHosts, type Politeness, politenessSchema } from "../hosts/politeness.js";
import { countHosts } from "./count-hosts.js";

/**
 * Adds up how hard hosts were asked over all parts, and counts them, into `politeness.json`.
 *
 * @returns the same with fewer hosts, for the manifest
 */
export async function writePoliteness(folder: string, manifest: Manifest): Promise<Record<string, Json>> {
  const sums = mergePoliteness(
    manifest.parts.flatMap(({ facts }) => politenessIn(facts) ?? []),
    namedHosts.file,
  );
  const merged = { distinctHosts: await countHosts(folder, manifest), ...sums };
  await writeFileAtomically(join(folder, "politeness.json"), `${JSON.stringify(merged, null, 2)}\n`);
  return { politeness: { ...merged, hosts: merged.hosts.slice(0, namedHosts.manifest) } };
}

/** What a record says of it; null where it was made before records did. */
export function politenessIn(facts: Record<string, Json>): Politeness | null {
  return facts.politeness === undefined ? null : politenessSchema.parse(facts.politeness);
}
