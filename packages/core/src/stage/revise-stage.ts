import { join } from "node:path";

import type { DatasetConfig, FetchConfig } from "../config/dataset-config.js";
import { LeyendaError } from "../errors.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import { addOutcomes } from "../parts/add-outcomes.js";
import { removeDeadAttempts } from "../parts/attempt.js";
import { type Manifest, manifestName } from "../parts/manifest.js";
import type { OutcomeCounts, PartRecord } from "../parts/part-record.js";
import { storeOf } from "../store/store-of.js";
import { explainDiskErrors } from "./explain-disk-errors.js";
import { localExecutor } from "./local-executor.js";
import { readRecords } from "./read-records.js";
import { removeStrays } from "./remove-strays.js";
import { RevisionJournal } from "./revision-journal.js";
import type { RunStageOptions } from "./run-stage.js";
import type { Stage } from "./stage.js";
import { stageContext } from "./stage-context.js";
import { writeManifest } from "./write-manifest.js";

export interface ReviseStageOptions<Config extends FetchConfig = DatasetConfig> extends Omit<
  RunStageOptions<Config>,
  "overwrite" | "executor"
> {
  /** What is asked for, as the stage's `revise` understands it. */
  request: Json;
  /** Rows of a part that the request is about, by its record; a part with none is not touched. */
  rowsOf: (record: PartRecord) => number;
}

/** How a revision ended. */
export interface StageRevision {
  /** False when it was stopped on request; the same request goes on. */
  complete: boolean;
  /** Counts over all parts, before and after. */
  before: OutcomeCounts;
  after: OutcomeCounts;
  /** Parts with a new record. */
  changed: string[];
  /** Null while parts of the stage are missing. */
  manifest: Manifest | null;
}

/**
 * Makes some rows again of parts that are there, such as downloads that failed for a passing reason. What the parts have is
 * not written to: new data and a new record join it, and at any moment a part is as it was or as it will be.
 *
 * The options need not be those the parts were made with (a longer deadline may be the very point); the record keeps the
 * first ones. Interrupted, the same request later goes on where it was.
 *
 * @throws LeyendaError DATA_MISSING when there is no part yet, DATA_MISMATCH when they were made from other input
 */
export async function reviseStage<Config extends FetchConfig>(
  stage: Stage<Config>,
  input: ReviseStageOptions<Config>,
): Promise<StageRevision> {
  return explainDiskErrors(input.folders[stage.folder], () => revise(stage, input));
}

async function revise<Config extends FetchConfig>(
  stage: Stage<Config>,
  input: ReviseStageOptions<Config>,
): Promise<StageRevision> {
  const started = performance.now();
  const context = stageContext(input);
  const emit = input.onEvent ?? ((): void => undefined);
  const folder = input.folders[stage.folder];
  const store = storeOf(folder);
  if ((await store.list(folder)).length === 0) throw nothingYet(stage.name, folder);
  const options = await stage.options(context);
  const { parts, warnings = [] } = await stage.plan(context);
  await removeDeadAttempts(folder);
  const records = await readRecords(stage, folder, parts, null, false);
  if (records.size === 0) throw nothingYet(stage.name, folder);
  const journal = await RevisionJournal.open(join(folder, "revision.ndjson"), input.request);
  const wanted = parts.flatMap((part) => {
    const of = records.get(part.name);
    const rows = of === undefined || journal.has(part.name) ? 0 : input.rowsOf(of);
    return of === undefined || rows === 0
      ? []
      : [{ ...part, rows, revision: { of, request: input.request } }];
  });
  emit({
    type: "plan",
    stage: stage.name,
    parts: wanted.length,
    partsDone: 0,
    rows: wanted.reduce((sum, { rows }) => sum + rows, 0),
    rowsDone: 0,
  });
  if (wanted.length > 0)
    for (const message of warnings) emit({ type: "warning", stage: stage.name, message });
  const changed: string[] = [];
  try {
    // What the manifest says of the parts is about to be no longer so.
    if (wanted.length > 0) await store.remove(join(folder, manifestName));
    await localExecutor(input.workers ?? 1).makeParts({
      stage,
      parts: wanted,
      context,
      options,
      emit: (event) => {
        if (event.type === "part") {
          journal.add(event.part);
          if (event.won) changed.push(event.part);
        }
        emit(event);
      },
      drain: input.drain,
      signal: input.signal,
    });
  } finally {
    await journal.close();
  }
  const stopped = (input.drain?.aborted ?? false) || (input.signal?.aborted ?? false);
  const now = await readRecords(stage, folder, parts, null, false);
  const complete = !stopped || wanted.every(({ name }) => journal.has(name));
  let manifest: Manifest | null = null;
  if (complete && now.size === parts.length) {
    emit({ type: "finishing", stage: stage.name });
    // The parts' own options: those of this run decide nothing about what was there before it.
    const first = [...now.values()][0]?.options ?? options;
    const inputHash = hashJson(parts.map((part) => part.inputHash));
    manifest = await writeManifest(stage, context, parts, now, { folder, inputHash, options: first });
    await removeStrays(folder, stage.recordFolder, manifest);
    const seconds = (performance.now() - started) / 1000;
    emit({ type: "done", stage: stage.name, manifest, partsMade: changed.length, seconds });
  }
  if (complete) await journal.remove();
  return { complete, before: count(records), after: count(now), changed: changed.sort(), manifest };
}

function nothingYet(stage: string, folder: string): LeyendaError {
  return new LeyendaError("DATA_MISSING", "there is nothing yet that could be made again", {
    where: folder,
    hint: `run "leyenda ${stage}" first`,
  });
}

function count(records: ReadonlyMap<string, PartRecord>): OutcomeCounts {
  const total: OutcomeCounts = {};
  for (const { outcomes } of records.values()) addOutcomes(total, outcomes);
  return total;
}
