import { join, posix } from "node:path";

import { type Manifest, readJsonFile, readManifest, storeOf } from "@leyenda/core";
import { z } from "zod";

import type { Say } from "../problem-list.js";

/** What a dataset says of one of its files. Null is what it does not say. */
export interface ExpectedFile {
  name: string;
  bytes: number | null;
  sha256: string | null;
  rows: number | null;
}

/** What a dataset says of itself. */
export interface Expectations {
  /** Name of the file that gives checksums; null where there is none. */
  source: string | null;
  manifest: Manifest | null;
  files: ExpectedFile[];
  /** Rows of each split. */
  splits: Map<string, number>;
}

const sumsName = "SHA256SUMS";
const infoSchema = z.object({
  splits: z.record(z.string(), z.object({ num_examples: z.int().nonnegative() })).nullish(),
});

/**
 * Gathers what a folder says its dataset must be: our `manifest.json`, or `SHA256SUMS` as coreutils write it, and the row counts
 * of every `dataset_info.json`.
 */
export async function readExpectations(
  folder: string,
  names: readonly string[],
  say: Say,
): Promise<Expectations> {
  const expected: Expectations = { source: null, manifest: null, files: [], splits: new Map() };
  for (const name of names.filter((each) => posix.basename(each) === "dataset_info.json")) {
    const info = await readJsonFile(join(folder, name), infoSchema).catch(() => null);
    if (info === null) say("manifest", name, "it is no dataset_info.json that can be read");
    for (const [split, { num_examples: rows }] of Object.entries(info?.splits ?? {}))
      expected.splits.set(split, rows);
  }
  if (names.includes("manifest.json")) await addManifest(folder, expected, say);
  else if ((await storeOf(folder).list(join(folder, ".records"))).length > 0)
    say("manifest", folder, "there is no manifest.json beside the records: the dataset is not finished");
  if (expected.source === null && names.includes(sumsName)) {
    expected.source = sumsName;
    expected.files = sumsOf(
      (await storeOf(folder).read(join(folder, sumsName)))?.toString("utf8") ?? "",
      say,
    );
  }
  return expected;
}

async function addManifest(folder: string, expected: Expectations, say: Say): Promise<void> {
  try {
    const manifest = await readManifest(folder);
    if (manifest === null) return;
    expected.manifest = manifest;
    expected.source = "manifest.json";
    expected.files = manifest.parts.flatMap(({ files, rows }) =>
      // Beside a shard lies its index.
      Object.entries(files).map(([role, file]) => ({ ...file, rows: role === "index" ? null : rows })),
    );
  } catch (error) {
    say("manifest", "manifest.json", (error as Error).message);
  }
}

function sumsOf(text: string, say: Say): ExpectedFile[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sha256 !== undefined && name !== undefined)
      return [{ name: posix.normalize(name), sha256, bytes: null, rows: null }];
    say("manifest", `${sumsName}:${index + 1}`, "it is not a line of sha256sum");
    return [];
  });
}
