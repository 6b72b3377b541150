import { basename, dirname, resolve } from "node:path";

import {
  datasetFolders,
  type FetchConfig,
  type FetchConfigInput,
  type Manifest,
  makeFetchConfig,
  type Outcome,
  reviseStage,
  runStage,
  type StageContext,
  type StageEvent,
  type StageRevision,
} from "@leyenda/core";

import { streamEvents } from "./stream-events.js";
import type { FetchOptions } from "./fetch-options.js";
import { createFetchStage } from "./fetch-stage.js";
import { type FetchRequest, requestedRows, transientOutcomes } from "./parts/fetch-request.js";

export interface FetchPartsOptions {
  /** The list: its path, or the `source` section of a dataset config. */
  source: string | FetchConfigInput["source"];
  /** Folder for the data: `fetched/` in it holds the parts and their manifest. */
  out: string;
  /** The `fetch` section of a dataset config: deadlines, limits, retries, manners. */
  fetch?: FetchConfigInput["fetch"];
  /** Processes that download; 1 is this one. @default 1 */
  workers?: number;
  /** Make parts anew that were made with other options or from another list. @default false */
  overwrite?: boolean;
  /** Tell of every row that is not ok, in `failures` of the progress events. @default false */
  tellFailures?: boolean;
  /** Drops the parts under way and throws the signal's reason; parts that are done stay, and the next call goes on. */
  signal?: AbortSignal;
  /** Stands in for the network; only in this process. */
  connect?: FetchOptions["connect"];
  lookup?: FetchOptions["lookup"];
}

/**
 * Downloads a list into parts: bytes and an outcome for every row. What was done before is not done again.
 *
 * @returns the manifest: rows, counts per outcome, files of every part
 * @throws LeyendaError for a list, options or folder that cannot be used, and CIRCUIT_OPEN when nearly everything fails
 */
export function fetchParts(options: FetchPartsOptions): AsyncGenerator<StageEvent, Manifest> {
  const context = contextOf(options);
  return streamEvents(options.signal, async (onEvent, signal) => {
    const run = await runStage(createFetchStage(injected(options)), {
      ...context,
      workers: options.workers ?? 1,
      overwrite: options.overwrite ?? false,
      signal,
      onEvent,
    });
    signal.throwIfAborted();
    if (!run.complete) throw new Error("the run ended with parts missing");
    return run.manifest;
  });
}

export interface RetryPartsOptions extends Omit<FetchPartsOptions, "overwrite"> {
  /** Rows with these outcomes are asked for again. @default every transient outcome */
  outcomes?: readonly Outcome[];
}

/**
 * Downloads rows of finished parts again that failed for a passing reason. New bodies go beside those that are there; parts
 * without such rows are not touched.
 */
export function retryParts(options: RetryPartsOptions): AsyncGenerator<StageEvent, StageRevision> {
  return reviseParts(options, { kind: "retry", outcomes: [...(options.outcomes ?? transientOutcomes)] });
}

/**
 * Asks for every picture again whether it has changed, by ETag and Last-Modified where the server gave them. Changed ones
 * replace what was there, reserved ones go, and what cannot be had now is kept.
 */
export function refreshParts(
  options: Omit<FetchPartsOptions, "overwrite">,
): AsyncGenerator<StageEvent, StageRevision> {
  return reviseParts(options, { kind: "refresh" });
}

function reviseParts(
  options: FetchPartsOptions,
  request: FetchRequest,
): AsyncGenerator<StageEvent, StageRevision> {
  const context = contextOf(options);
  return streamEvents(options.signal, async (onEvent, signal) => {
    const revision = await reviseStage(createFetchStage(injected(options)), {
      ...context,
      workers: options.workers ?? 1,
      request,
      rowsOf: ({ outcomes }) => requestedRows(request, outcomes),
      signal,
      onEvent,
    });
    signal.throwIfAborted();
    return revision;
  });
}

function contextOf(options: FetchPartsOptions): StageContext<FetchConfig> {
  const out = resolve(options.out);
  const source = typeof options.source === "string" ? { path: options.source } : options.source;
  return {
    config: makeFetchConfig(
      { source, ...(options.fetch === undefined ? {} : { fetch: options.fetch }) },
      out,
    ),
    folders: datasetFolders(basename(out), dirname(out)),
    tellFailures: options.tellFailures ?? false,
  };
}

function injected({ connect, lookup }: FetchPartsOptions): Pick<FetchOptions, "connect" | "lookup"> {
  return { ...(connect === undefined ? {} : { connect }), ...(lookup === undefined ? {} : { lookup }) };
}
