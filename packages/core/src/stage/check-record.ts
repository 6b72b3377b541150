import { join } from "node:path";

import { LeyendaError } from "../errors.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import type { PartRecord } from "../parts/part-record.js";

interface Expected {
  folder: string;
  inputHash: string;
  options: Record<string, Json>;
}

/** Says in words how a record differs from what would be made now; null when it does not. */
export function describeMismatch(
  record: { inputHash: string; options: PartRecord["options"]; configHash: string },
  { inputHash, options }: Expected,
): string | null {
  if (record.configHash !== hashJson(options)) {
    const names = [...new Set([...Object.keys(record.options), ...Object.keys(options)])];
    const differences = names
      .map((name) => ({
        name,
        then: show(record.options[name]),
        now: show(options[name]),
      }))
      .filter(({ then, now }) => then !== now)
      .map(({ name, then, now }) => `${name} was ${then}, is now ${now}`);
    return `made with other options: ${differences.join("; ")}`;
  }
  return record.inputHash === inputHash ? null : "made from other input: what went into it has changed since";
}

function show(value: Json | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

/** @throws LeyendaError DATA_MISMATCH naming the difference and the two ways on */
export function refuseMismatch(where: string, difference: string): never {
  throw new LeyendaError("DATA_MISMATCH", `the data here was ${difference}`, {
    where,
    hint: "use another data folder (DATA_DIR or --data-dir) to keep both, or --overwrite to make the differing parts anew",
  });
}

/** Path of a part's record. */
export function recordPath(folder: string, recordFolder: string, part: string): string {
  return join(folder, recordFolder, `${part}.json`);
}
