import {
  type Manifest,
  type Outcome,
  type OutcomeCounts,
  reviseStage,
  runStage,
  type StageRevision,
} from "@leyenda/core";
import { type FetchRequest, requestedRows, transientOutcomes } from "@leyenda/fetch/request";
import { type Command, InvalidArgumentError } from "commander";

import { addDatasetOptions, overwriteOption } from "../options/dataset-options.js";
import { type FetchOpenOptions, keepConfig, openFetch, type OpenedFetch } from "../options/open-fetch.js";
import { addRunOptions, type RunOptions } from "../options/run-options.js";
import { topFailures } from "../progress/top-failures.js";
import type { Verb } from "../run-cli.js";
import { type RunHooks, withRun } from "../with-run.js";

interface FetchVerbOptions extends RunOptions, FetchOpenOptions {
  refresh?: boolean;
}

interface RetryOptions extends RunOptions, FetchOpenOptions {
  outcomes?: Outcome[];
}

const what = "a dataset, the list of rows itself, or the folder of an earlier fetch --out";

/** `leyenda fetch <dataset|list>` and `leyenda fetch retry <dataset|folder>` */
export function addFetchVerb(program: Command, verb: Verb): void {
  const command = program
    .command("fetch")
    .description("download the list's pictures: bytes and an outcome for every row");

  addRunOptions(addDatasetOptions(command, what))
    .option("--out <folder>", "take the argument for a list, and put its data here; needs no dataset config")
    .option("--refresh", "ask whether the pictures that are there have changed (ETag, Last-Modified)")
    .addOption(overwriteOption())
    .action(async (name: string, options: FetchVerbOptions) => {
      const opened = await openFetch(name, options, verb.io);
      if (options.refresh !== true) await keepConfig(opened, options);
      await withRun(options, verb, (hooks) =>
        options.refresh === true
          ? revise({ kind: "refresh" }, opened, options, verb, hooks)
          : run(opened, options, verb, hooks),
      );
    });
  const retry = command
    .command("retry")
    .description("download the rows again that failed for a passing reason; everything else stays as it is");
  addRunOptions(addDatasetOptions(retry, what))
    .option("--out <folder>", "the folder that was given to fetch, where the argument is the list")
    .option("--outcomes <list>", `which failures, such as dns,timeout (default: all that may pass)`, outcomes)
    .action(async (name: string, options: RetryOptions) => {
      const opened = await openFetch(name, options, verb.io);
      const request: FetchRequest = { kind: "retry", outcomes: options.outcomes ?? transientOutcomes };
      await withRun(options, verb, (hooks) => revise(request, opened, options, verb, hooks));
    });
  retry.copyInheritedSettings(program);
}

async function run(opened: OpenedFetch, options: RunOptions, verb: Verb, hooks: RunHooks): Promise<boolean> {
  const { stage } = await import("@leyenda/fetch/stage");
  const overwrite = options.overwrite ?? false;
  let made = 0;
  const onEvent: RunHooks["onEvent"] = (event) => {
    if (event.type === "done") made = event.partsMade;
    hooks.onEvent(event);
  };
  const ended = await runStage(stage, { ...opened, ...hooks, overwrite, onEvent });
  if (!ended.complete) return false;
  if (made > 0) await report(opened, ended.manifest, options, verb);
  return true;
}

async function revise(
  request: FetchRequest,
  opened: OpenedFetch,
  options: RunOptions,
  verb: Verb,
  hooks: RunHooks,
): Promise<boolean> {
  const { stage } = await import("@leyenda/fetch/stage");
  const revision = await reviseStage(stage, {
    ...opened,
    ...hooks,
    request,
    rowsOf: ({ outcomes: counts }) => requestedRows(request, counts),
  });
  tell(request, revision, options, verb);
  if (revision.manifest !== null && revision.changed.length > 0)
    await report(opened, revision.manifest, options, verb);
  return revision.complete;
}

function tell(
  { kind }: FetchRequest,
  { before, after, changed, complete }: StageRevision,
  { json }: RunOptions,
  { io }: Verb,
): void {
  if (json === true) {
    io.out(`${JSON.stringify({ type: kind, complete, before, after, changed })}\n`);
    return;
  }
  const lines = [
    `${kind}: before  ${describe(before)}`,
    `${kind}: after   ${describe(after)}`,
    changed.length === 0
      ? `${kind}: no part has changed`
      : `${kind}: ${changed.length} part(s) have changed: ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ", …" : ""}; later stages make just these anew with --overwrite`,
  ];
  io.err(`${lines.join("\n")}\n`);
}

function describe(counts: OutcomeCounts): string {
  const failures = topFailures(counts, 8);
  return `${counts.ok ?? 0} ok${failures === "" ? "" : `; ${failures}`}`;
}

async function report(
  { folders }: OpenedFetch,
  manifest: Manifest,
  { json }: RunOptions,
  { io }: Verb,
): Promise<void> {
  const { writeFetchReport } = await import("@leyenda/eval");
  const path = await writeFetchReport(folders, manifest);
  if (json !== true) io.err(`fetch: report at ${path}\n`);
}

function outcomes(text: string): Outcome[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(transientOutcomes as string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${unknown} is none of ${transientOutcomes.join(", ")}.`);
  return names as Outcome[];
}
