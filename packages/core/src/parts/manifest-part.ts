import type { ManifestPart } from "./manifest.js";
import { partHash } from "./part-hash.js";
import type { PartRecord } from "./part-record.js";

/** What a manifest will say of a part, told from its record: later stages plan from either. */
export function manifestPart(record: PartRecord): ManifestPart {
  const { part, rows, files, facts } = record;
  return { part, rows, hash: partHash(record), files, facts };
}
