import {
  contentNaming,
  type FetchedRow,
  fetchedRowSchema,
  ImagesWriter,
  type Json,
  type PartContext,
  type PartFile,
  type PartPlan,
  type PartResult,
  type RowCounter,
  rowKey,
  runLanes,
  type Stage,
  type StageContext,
  withProgress,
  writeRows,
} from "@leyenda/core";
import pLimit, { type LimitFunction } from "p-limit";

import { createClient, type FetchClient } from "./create-client.js";
import type { FetchOptions } from "./fetch-options.js";
import { normaliseUrl } from "./normalise-url.js";
import { loadSourcePlan } from "./source/load-source-plan.js";
import type { SourcePart } from "./source/plan-source.js";
import { readSourceRows, type SourceRow } from "./source/read-source-rows.js";

/** What a worker keeps from part to part. */
interface Tools {
  client: FetchClient;
  limit: LimitFunction;
}

/**
 * The stage from a list of rows to fetched parts: `rows.arrow` with an outcome for every line, `images.arrow` with the
 * bodies of the ok ones as they came, and `bad-rows.jsonl` with lines that are no rows, when there are any.
 *
 * @param injected what a test or a library user puts in the network's place
 */
export function createFetchStage(injected: Pick<FetchOptions, "connect" | "lookup"> = {}): Stage {
  let tools: Tools | undefined;
  return {
    name: "fetch",
    folder: "fetched",
    module: import.meta.url,
    // A part's last downloads wait for slow servers; the next part uses the connections meanwhile.
    partsInFlight: 3,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({ node: process.version }),
    options: ({ config }) => options(config),
    plan: async ({ config, folders }) => {
      const parts = await loadSourcePlan(config.source, folders.fetched);
      return { parts: parts.map(toPlan) };
    },
    run: (part, context) => {
      const { concurrency, ...fetchOptions } = context.config.fetch;
      tools ??= { client: createClient({ ...fetchOptions, ...injected }), limit: pLimit(concurrency) };
      const using = tools;
      return withProgress((counter) => fetchPart(part, context, using, counter));
    },
    close: async () => {
      await tools?.client.close();
      tools = undefined;
    },
  };
}

export const stage = createFetchStage();

/** How fast we ask decides nothing about what comes; everything else may. */
function options(config: StageContext["config"]): Record<string, Json> {
  const speed = new Set(["concurrency", "connectionsPerOrigin"]);
  const named = Object.entries(config.fetch)
    .filter(([name]) => !speed.has(name))
    .map(([name, value]): [string, Json] => [`fetch.${name}`, value]);
  return { "source.columns": config.source.columns, ...Object.fromEntries(named) };
}

function toPlan(part: SourcePart, index: number): PartPlan {
  const { firstLine, rows, offset, bytes, sha256 } = part;
  return {
    name: `part-${String(index).padStart(5, "0")}`,
    rows,
    inputHash: sha256,
    input: { firstLine, offset, bytes },
  };
}

async function fetchPart(
  part: PartPlan,
  context: PartContext,
  { client, limit }: Tools,
  counter: RowCounter,
): Promise<PartResult> {
  const { config } = context;
  const images = new ImagesWriter(await context.create("images.arrow"));
  const rows: FetchedRow[] = [];
  const badRows = new BadRows(context);
  const lines = readSourceRows(
    config.source.path,
    part.input as { firstLine: number; offset: number; bytes: number },
    config.source.columns,
  );
  // As many lanes as downloads may be in flight, so that this part alone can use them all; the limit is the worker's.
  await runLanes(config.fetch.concurrency, context.signal, async (signal) => {
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      signal.throwIfAborted();
      const line = next.value;
      const row = line.ok
        ? await limit(() => download(line, client, images, signal))
        : await badRows.add(line);
      rows.push(row);
      counter.row(row.outcome, row.bytes);
    }
  });
  await images.finish();
  rows.sort((a, b) => a.line - b.line);
  await writeRows(await context.create("rows.arrow"), fetchedRowSchema, rows);
  return { rows: rows.length, outcomes: counter.outcomes };
}

async function download(
  { line, url, caption }: Extract<SourceRow, { ok: true }>,
  client: FetchClient,
  images: ImagesWriter,
  signal: AbortSignal,
): Promise<FetchedRow> {
  const fetchedAt = Date.now();
  const result = await client.fetchImage(url, { signal });
  const row: FetchedRow = {
    line,
    key: rowKey(normaliseUrl(url) ?? url.trim(), caption),
    url,
    caption,
    outcome: result.outcome,
    status: result.status,
    final_url: result.finalUrl,
    content_type: result.contentType,
    robots_tag: result.robotsTag,
    detail: result.detail,
    sha256: result.sha256,
    bytes: result.bytes,
    attempts: result.attempts,
    elapsed_ms: Math.round(result.elapsedMs),
    fetched_at: fetchedAt,
    image_offset: null,
    image_length: null,
  };
  if (result.body !== null) {
    await images.add(result.body, ({ offset, length }) => {
      row.image_offset = BigInt(offset);
      row.image_length = length;
    });
  }
  return row;
}

/** Keeps lines that are no rows beside the part, as JSON lines: line number, problem and the text itself. */
class BadRows {
  readonly #context: PartContext;
  #file: Promise<PartFile> | undefined;

  constructor(context: PartContext) {
    this.#context = context;
  }

  async add({ line, problem, raw }: Extract<SourceRow, { ok: false }>): Promise<FetchedRow> {
    this.#file ??= this.#context.create("bad-rows.jsonl");
    const entry = { line, problem, text: raw.toString("utf8"), base64: raw.toString("base64") };
    await (await this.#file).write([Buffer.from(`${JSON.stringify(entry)}\n`)]);
    return {
      line,
      key: "",
      url: "",
      caption: "",
      outcome: "malformed_row",
      status: null,
      final_url: null,
      content_type: null,
      robots_tag: null,
      detail: problem,
      sha256: null,
      bytes: 0,
      attempts: 0,
      elapsed_ms: 0,
      fetched_at: Date.now(),
      image_offset: null,
      image_length: null,
    };
  }
}
