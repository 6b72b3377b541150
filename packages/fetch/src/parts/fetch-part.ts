import {
  type FetchConfig,
  type FetchedRow,
  fetchedRowSchema,
  type ImageRange,
  ImagesWriter,
  type PartContext,
  type PartPlan,
  type PartResult,
  type RowCounter,
  writeRows,
} from "@leyenda/core";

import type { FetchClient } from "../create-client.js";
import { hostOf } from "../hosts/host-of.js";
import { politenessOf } from "../hosts/politeness.js";
import type { Turn } from "../hosts/turn.js";
import { runRows } from "../run-rows.js";
import { readSourceRows, type SourceRow } from "../source/read-source-rows.js";
import type { SourcePart } from "../source/source-part.js";
import { BadRows } from "./bad-rows.js";
import type { FetchTools } from "./fetch-tools.js";
import { fetchedRow } from "./fetched-row.js";
import { writeConsent } from "./write-consent.js";

const imagesRole = "images.arrow";

/** Downloads the rows of a part into its files. */
export async function fetchPart(
  part: PartPlan,
  context: PartContext<FetchConfig>,
  tools: FetchTools,
  counter: RowCounter,
): Promise<PartResult> {
  const images = new ImagesWriter(await context.create(imagesRole));
  const rows: FetchedRow[] = [];
  const badRows = new BadRows(context);
  const lines = readSourceRows(part.input as unknown as Pick<SourcePart, "firstRow" | "slices">);
  await runRows(lines, {
    turns: tools.client.turns,
    hostOf: (line) => (line.ok ? hostOf(line.url) : null),
    signal: context.signal,
    work: async (line, turn, signal) => {
      counter.begin();
      const row = line.ok
        ? await download(line, tools.client, turn, images, signal)
        : await badRows.add(line);
      rows.push(row);
      counter.row(row.outcome, row.bytes, context.tellFailures === true ? row : undefined);
      tools.breaker.row(row.url, row.outcome, row.detail);
    },
  });
  await images.finish();
  rows.sort((a, b) => a.line - b.line);
  await writeRows(await context.create("rows.arrow"), fetchedRowSchema, rows);
  await writeConsent(context, rows);
  const politeness = politenessOf(tools.client.turns.takeFigures(), context.workers ?? 1);
  return { rows: rows.length, outcomes: counter.outcomes, facts: { politeness } };
}

async function download(
  line: Extract<SourceRow, { ok: true }>,
  client: FetchClient,
  turn: Turn,
  images: ImagesWriter,
  signal: AbortSignal,
): Promise<FetchedRow> {
  const fetchedAt = Date.now();
  const result = await client.fetchImage(line.url, { signal, turn });
  const row = fetchedRow({ ...line, line: line.row }, result, fetchedAt);
  const { body } = result;
  if (body !== null) {
    const placed = ({ offset, length }: ImageRange): void => {
      Object.assign(row, { image_file: imagesRole, image_offset: BigInt(offset), image_length: length });
      client.recycle(body);
    };
    await images.add(body, placed, result.sha256);
  }
  return row;
}
