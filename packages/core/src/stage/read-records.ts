import { join } from "node:path";

import type { FetchConfig } from "../config/dataset-config.js";
import type { Json } from "../hash/hash-json.js";
import { type PartRecord, partRecordSchema } from "../parts/part-record.js";
import { readJsonFile } from "../parts/read-json-file.js";
import { storeOf } from "../store/store-of.js";
import { parseRecordName, recordName } from "../parts/record-name.js";
import { describeMismatch, refuseMismatch } from "./check-record.js";
import type { PartPlan, Stage } from "./stage.js";

/** In a bucket each takes some ten milliseconds, and Conceptual 12M has 1,240. */
const readsAtATime = 64;

type RecordWanted = Pick<PartPlan, "name"> & {
  /** What it must have been made from; null takes anything. */
  inputHash: string | null;
};

/**
 * The records of a plan's parts, each at its highest revision.
 *
 * @param options that they must have been made with; null takes any
 * @param overwrite removes records that do not fit the plan or the options
 * @throws LeyendaError DATA_MISMATCH naming such parts and what differs, without `overwrite`
 */
export async function readRecords<Config extends FetchConfig>(
  stage: Stage<Config>,
  folder: string,
  parts: readonly RecordWanted[],
  options: Record<string, Json> | null,
  overwrite: boolean,
): Promise<Map<string, PartRecord>> {
  const recordFolder = join(folder, stage.recordFolder);
  const records = new Map<string, PartRecord>();
  const [only] = parts;
  const revisions = await listRevisions(recordFolder, parts.length === 1 ? `${only?.name ?? ""}.` : "");
  const there = parts.flatMap((part) => {
    const revision = revisions.get(part.name);
    if (revision === undefined) return [];
    return [{ part, revision, path: join(recordFolder, recordName(part.name, revision)) }];
  });
  const mismatches: { part: string; path: string; difference: string }[] = [];
  for (let at = 0; at < there.length; at += readsAtATime) {
    const some = there.slice(at, at + readsAtATime);
    const read = await Promise.all(some.map(({ path }) => readJsonFile(path, partRecordSchema)));
    for (const [index, { part, revision, path }] of some.entries()) {
      const record = read[index] ?? null;
      if (record === null) continue;
      const difference = describeMismatch(record, {
        folder,
        inputHash: part.inputHash,
        options: options ?? record.options,
      });
      if (difference === null) records.set(part.name, record);
      else if (overwrite) await removeRecords(recordFolder, part.name, revision);
      else mismatches.push({ part: part.name, path, difference });
    }
  }
  if (mismatches.length > 0) refuseMismatch(mismatches);
  return records;
}

/**
 * The highest revision of every part that has a record.
 *
 * @param start of the names of records that matter
 */
async function listRevisions(recordFolder: string, start: string): Promise<Map<string, number>> {
  const revisions = new Map<string, number>();
  for (const name of await storeOf(recordFolder).list(recordFolder, start)) {
    const record = parseRecordName(name);
    if (record !== null)
      revisions.set(record.part, Math.max(record.revision, revisions.get(record.part) ?? 0));
  }
  return revisions;
}

/** Latest first, so that what is left after a crash is a whole state that still does not fit. */
async function removeRecords(recordFolder: string, part: string, latest: number): Promise<void> {
  for (let revision = latest; revision >= 0; revision--) {
    await storeOf(recordFolder).remove(join(recordFolder, recordName(part, revision)));
  }
}
