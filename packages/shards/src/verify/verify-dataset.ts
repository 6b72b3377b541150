import { posix } from "node:path";

import { LeyendaError } from "@leyenda/core";

import { checkOwnSchema, checkSchema } from "./checks/check-schema.js";
import { RowChecks } from "./checks/row-checks.js";
import { checkFiles } from "./expect/check-files.js";
import { type Expectations, readExpectations } from "./expect/expectations.js";
import { checkedFiles } from "./files/checked-files.js";
import type { CheckedFile } from "./files/check-file.js";
import type { DataFile } from "./formats/dataset-format.js";
import { findFormat, type FoundDataset } from "./formats/find-format.js";
import { ProblemList, type Say } from "./problem-list.js";
import type { VerifyReport } from "./verify-report.js";

export interface VerifyOptions {
  /** Rows that each split must have. */
  expected?: Record<string, number>;
  /** `arrow`, `disk`, `parquet`, `webdataset`, `imagefolder`, or `auto`. @default "auto" */
  format?: string;
  /**
   * Bits of 64 in which both perceptual hashes of pictures of different splits may differ to be taken for one picture; 0 compares
   * bytes only. @default 4
   */
  nearBits?: number;
  /** Files that are read at a time, each in a thread. The report is the same. @default 1 */
  workers?: number;
}

/**
 * Checks a dataset folder of any format against its manifest, where it has one, and against itself: files, sizes, SHA-256, schema,
 * counts, every picture decoded, captions, duplicates, and leaks between the splits, by key, by bytes and by look. What is wrong
 * is reported, never thrown.
 *
 * Memory grows by about 100 bytes a row.
 *
 * @throws LeyendaError DATA_MISSING for a folder without a dataset, USAGE for a format that is unknown or ambiguous
 */
export async function verifyDataset(
  folder: string,
  { expected = {}, format = "auto", nearBits = 4, workers = 1 }: VerifyOptions = {},
): Promise<VerifyReport> {
  const list = new ProblemList();
  const found = await findFormat(folder, format).catch((error: unknown) => {
    if (error instanceof LeyendaError && error.code === "DATA_MISSING") return null;
    throw error;
  });
  const report: Omit<VerifyReport, "ok"> = {
    folder,
    format: found?.format.name ?? null,
    checksums: null,
    shards: 0,
    rows: 0,
    splits: {},
    columns: [],
    problemCount: 0,
    warningCount: 0,
    counts: list.counts,
    problems: list.problems,
  };
  if (found === null)
    list.say("files", folder, "there is no dataset in this folder: it is elsewhere, or not finished");
  else await verify(folder, found, { expected, nearBits, workers }, report, list);
  return { ...report, ok: list.errors === 0, problemCount: list.errors, warningCount: list.warnings };
}

async function verify(
  folder: string,
  found: FoundDataset,
  { expected, nearBits, workers }: Required<Omit<VerifyOptions, "format">>,
  report: Omit<VerifyReport, "ok">,
  list: ProblemList,
): Promise<void> {
  const { say } = list;
  const { format, files, names } = found;
  const expectations = await readExpectations(folder, names, say);
  report.checksums = expectations.source;
  await checkFiles(folder, files, format, expectations, say);
  const checks = new RowChecks(say);
  const toRead = filesToRead(files, expectations);
  for await (const { file, checked } of checkedFiles(folder, toRead, found, workers)) {
    if (checked.schema !== null) checkColumns(checked.schema, file, { expectations, report, found }, say);
    list.add(checked.found);
    const { rows } = checked.marks;
    checks.add(file.name, file.split, checked.marks);
    const wanted = expectations.files.find(({ name }) => name === file.name)?.rows ?? null;
    if (wanted !== null && rows !== wanted) say("count", file.name, `${rows} rows, expected ${wanted}`);
    if (rows === 0) say("count", file.name, "it has no rows");
    report.shards += 1;
    report.splits[file.split] = (report.splits[file.split] ?? 0) + rows;
  }
  report.rows = checks.rows;
  checks.finish(nearBits);
  const counts = new Map([...expectations.splits, ...Object.entries(expected)]);
  const removed = leftOut(expectations);
  for (const [split, wanted] of counts) {
    // What is in dataset_info.json is what is left.
    const count = expected[split] === undefined ? wanted : wanted - (removed[split] ?? 0);
    const rows = report.splits[split] ?? 0;
    if (rows !== count) say("count", split, `${rows} rows, expected ${count}`);
  }
}

/** Rows of each split that were taken down, or quarantined, after it was chosen. */
function leftOut({ manifest }: Expectations): Record<string, number> {
  const takedown = manifest?.summary.takedown as { removed?: Record<string, number> } | undefined;
  const quarantined = (manifest?.summary.quarantined ?? {}) as Record<string, number>;
  const counts = { ...takedown?.removed };
  for (const [split, rows] of Object.entries(quarantined)) counts[split] = (counts[split] ?? 0) + rows;
  return counts;
}

/** Files that are expected and not there have been named already. */
function filesToRead(
  files: readonly DataFile[],
  { manifest, files: expected }: Expectations,
): readonly DataFile[] {
  if (manifest === null) return files;
  const known = new Set(expected.map(({ name }) => name));
  return files.filter(({ name }) => known.has(name));
}

interface Reading {
  found: FoundDataset;
  expectations: Expectations;
  report: Omit<VerifyReport, "ok">;
}

function checkColumns(
  schema: NonNullable<CheckedFile["schema"]>,
  file: DataFile,
  { expectations, report, found }: Reading,
  say: Say,
): void {
  const isOwn = expectations.manifest?.stage === "shards" && found.format.name === "arrow";
  const isFirst = report.columns.length === 0;
  const first = isFirst
    ? null
    : { columns: report.columns, file: posix.basename(found.files[0]?.name ?? "") };
  if (isOwn) checkOwnSchema(schema, file.name, say);
  else checkSchema(schema, file.name, first, say);
  if (isFirst) report.columns = schema.columns ?? [];
  if (isFirst && !schema.hasCaptions)
    say("schema", file.name, `there is no caption among its columns: ${(schema.columns ?? []).join("; ")}`);
}
