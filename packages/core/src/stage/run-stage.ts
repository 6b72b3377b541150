import { join } from "node:path";

import type { DatasetConfig, FetchConfig } from "../config/dataset-config.js";
import { hashJson } from "../hash/hash-json.js";
import { removeDeadAttempts } from "../parts/attempt.js";
import { type Manifest, manifestName, readManifest } from "../parts/manifest.js";
import { storeOf } from "../store/store-of.js";
import { describeMismatch } from "./check-record.js";
import { explainDiskErrors } from "./explain-disk-errors.js";
import type { Executor } from "./executor.js";
import { localExecutor } from "./local-executor.js";
import { readRecords } from "./read-records.js";
import { removeStrays } from "./remove-strays.js";
import type { Stage, StageContext, StageEvent } from "./stage.js";
import { stageContext } from "./stage-context.js";
import { writeManifest } from "./write-manifest.js";

export interface RunStageOptions<Config extends FetchConfig = DatasetConfig> extends StageContext<Config> {
  /** Make parts anew that were made with other options or from other input. @default false */
  overwrite?: boolean;
  /** Who makes the parts. @default as many processes of this machine as `workers` says */
  executor?: Executor;
  onEvent?: (event: StageEvent) => void;
  /** Finish the parts under way, then stop. */
  drain?: AbortSignal;
  /** Drop the parts under way and stop. */
  signal?: AbortSignal;
}

/** How a run of a stage ended: with its manifest, or stopped on request with parts still missing. */
export type StageRun = { complete: true; manifest: Manifest } | { complete: false };

/**
 * Runs a stage: makes the parts that are missing, then its manifest. A stage that is complete returns at once.
 *
 * @throws LeyendaError DATA_MISMATCH for data made with other options or from other input, DATA_FOLDER for a folder that
 *   cannot be written, and whatever the stage itself reports; parts already committed stay
 */
export async function runStage<Config extends FetchConfig>(
  stage: Stage<Config>,
  input: RunStageOptions<Config>,
): Promise<StageRun> {
  return explainDiskErrors(input.folders[stage.folder], () => run(stage, input));
}

async function run<Config extends FetchConfig>(
  stage: Stage<Config>,
  input: RunStageOptions<Config>,
): Promise<StageRun> {
  const started = performance.now();
  const context = stageContext(input);
  const emit = input.onEvent ?? ((): void => undefined);
  const folder = input.folders[stage.folder];
  const store = storeOf(folder);
  await store.prepare(join(folder, stage.recordFolder));
  const options = await stage.options(context);
  const { parts, warnings = [] } = await stage.plan(context);
  const inputHash = hashJson(parts.map((part) => part.inputHash));
  const expected = { folder, inputHash, options };

  const manifest = await readManifest(folder);
  const difference = manifest === null ? null : describeMismatch(manifest, expected);
  if (manifest !== null && difference === null) {
    emit({ type: "done", stage: stage.name, manifest, partsMade: 0, seconds: seconds(started) });
    return { complete: true, manifest };
  }

  await removeDeadAttempts(folder);
  if (stage.recordFolder !== ".") await removeDeadAttempts(join(folder, stage.recordFolder));
  const records = await readRecords(stage, folder, parts, options, input.overwrite ?? false);
  const missing = parts.filter((part) => !records.has(part.name));
  emit({
    type: "plan",
    stage: stage.name,
    parts: parts.length,
    partsDone: records.size,
    rows: sum(parts.map((part) => part.rows)),
    rowsDone: sum([...records.values()].map((record) => record.rows)),
  });
  if (missing.length > 0)
    for (const message of warnings) emit({ type: "warning", stage: stage.name, message });
  // The parts the manifest spoke of are about to change.
  if (manifest !== null) await store.remove(join(folder, manifestName));

  const executor = input.executor ?? localExecutor(input.workers ?? 1);
  await executor.makeParts({
    stage,
    parts: missing,
    context,
    options,
    emit,
    drain: input.drain,
    signal: input.signal,
  });
  const stopped = (input.drain?.aborted ?? false) || (input.signal?.aborted ?? false);
  const made = await readRecords(stage, folder, parts, options, false);
  if (made.size < parts.length) {
    if (stopped) return { complete: false };
    throw new Error(`${parts.length - made.size} part(s) of stage ${stage.name} were not made`);
  }
  emit({ type: "finishing", stage: stage.name });
  const finished = await writeManifest(stage, context, parts, made, expected);
  await removeStrays(folder, stage.recordFolder, finished);
  emit({
    type: "done",
    stage: stage.name,
    manifest: finished,
    partsMade: missing.length,
    seconds: seconds(started),
  });
  return { complete: true, manifest: finished };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}
