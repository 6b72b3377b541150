import { type DatasetConfig, datasetConfigSchema } from "@leyenda/core";

import { loadSourcePlan } from "../../src/source/load-source-plan.js";
import { readSourceRows, type SourceRow } from "../../src/source/read-source-rows.js";
import type { SourcePart } from "../../src/source/source-part.js";

/** The config's section with its defaults. */
export function sourceOptions(options: { path: string } & Record<string, unknown>): DatasetConfig["source"] {
  return datasetConfigSchema.shape.source.parse(options);
}

/** The rows of some parts, part by part. */
export async function readParts(parts: readonly SourcePart[]): Promise<SourceRow[][]> {
  const read: SourceRow[][] = [];
  for (const part of parts) {
    const rows: SourceRow[] = [];
    for await (const row of readSourceRows(part)) rows.push(row);
    read.push(rows);
  }
  return read;
}

/** Plans a list in a stage's folder and reads all of it. */
export async function readList(
  options: { path: string } & Record<string, unknown>,
  folder: string,
): Promise<SourceRow[]> {
  return (await readParts(await loadSourcePlan(sourceOptions(options), folder))).flat();
}

/** Rows as short as an expectation wants them: the URL and caption, or the problem. */
export function brief(rows: readonly SourceRow[]): (string | [string, string])[] {
  return rows.map((row) => (row.ok ? [row.url, row.caption] : row.problem));
}
