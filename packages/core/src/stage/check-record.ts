import { LeyendaError } from "../errors.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import type { PartRecord } from "../parts/part-record.js";

interface Expected {
  folder: string;
  /** Null takes any. */
  inputHash: string | null;
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
  return inputHash === null || record.inputHash === inputHash
    ? null
    : "made from other input: what went into it has changed since";
}

function show(value: Json | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

/** Parts that are named in a message; more are counted. */
const named = 5;

/** @throws LeyendaError DATA_MISMATCH naming the parts, the first difference and the two ways on */
export function refuseMismatch(
  mismatches: readonly { part: string; path: string; difference: string }[],
): never {
  const names = mismatches.slice(0, named).map(({ part }) => part);
  const more = mismatches.length > named ? ` and ${mismatches.length - named} more` : "";
  throw new LeyendaError(
    "DATA_MISMATCH",
    `${mismatches.length} part(s) here (${names.join(", ")}${more}) are not what would be made now: ${mismatches[0]?.difference ?? ""}`,
    {
      where: mismatches[0]?.path ?? "",
      hint: `--overwrite makes just these parts anew (as is right after "fetch retry" or "fetch --refresh"); another data folder (DATA_DIR or --data-dir) keeps both`,
    },
  );
}
