import { hashJson } from "../hash/hash-json.js";
import type { PartRecord } from "./part-record.js";

/**
 * Hash of what a part *is*: its rows, outcomes and files, and none of the circumstances (seconds, versions) under which it
 * was made. The next stage's input hash.
 */
export function partHash({ part, rows, outcomes, files }: PartRecord): string {
  const hashes = Object.fromEntries(Object.entries(files).map(([role, file]) => [role, file.sha256]));
  return hashJson({ part, rows, outcomes, files: hashes });
}
