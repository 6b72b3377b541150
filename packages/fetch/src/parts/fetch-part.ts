import {
  type FetchConfig,
  type FetchedRow,
  fetchedRowSchema,
  ImagesWriter,
  type PartContext,
  type PartPlan,
  type PartResult,
  type RowCounter,
  runLanes,
  writeRows,
} from "@leyenda/core";
import type { LimitFunction } from "p-limit";

import type { FetchClient } from "../create-client.js";
import { readSourceRows, type SourceRow } from "../source/read-source-rows.js";
import { BadRows } from "./bad-rows.js";
import { fetchedRow } from "./fetched-row.js";

/** What a worker keeps from part to part. */
export interface FetchTools {
  client: FetchClient;
  limit: LimitFunction;
}

const imagesRole = "images.arrow";

/** Downloads the rows of a part into its files. */
export async function fetchPart(
  part: PartPlan,
  context: PartContext<FetchConfig>,
  { client, limit }: FetchTools,
  counter: RowCounter,
): Promise<PartResult> {
  const { config } = context;
  const images = new ImagesWriter(await context.create(imagesRole));
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
  line: Extract<SourceRow, { ok: true }>,
  client: FetchClient,
  images: ImagesWriter,
  signal: AbortSignal,
): Promise<FetchedRow> {
  const fetchedAt = Date.now();
  const result = await client.fetchImage(line.url, { signal });
  const row = fetchedRow(line, result, fetchedAt);
  if (result.body !== null) {
    await images.add(result.body, ({ offset, length }) => {
      Object.assign(row, { image_file: imagesRole, image_offset: BigInt(offset), image_length: length });
    });
  }
  return row;
}
