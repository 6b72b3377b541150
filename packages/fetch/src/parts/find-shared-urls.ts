import { createHash } from "node:crypto";
import { join } from "node:path";

import { type FetchedRow, type Json, type Manifest, PartFile, readRows, temporaryName } from "@leyenda/core";

/** URLs that the manifest names; the file beside it has all. */
const named = 20;

/**
 * Finds the URLs that many ok rows were redirected to: where a site that lost its pictures sends everybody. Each such row
 * goes into `shared-urls.ndjson` (line, url, final_url), the most frequent targets into the manifest.
 *
 * Two passes over the rows files. The first keeps eight bytes for each redirected row, so that memory stays small where
 * a tenth of 12 M rows are redirected; the second names those whose hash came often.
 *
 * @param sharedRows rows that must have been redirected to a URL before it is worth a word
 */
export async function findSharedUrls(
  folder: string,
  manifest: Manifest,
  sharedRows: number,
): Promise<Record<string, Json>> {
  const hashes: number[][] = [];
  for await (const rows of redirected(folder, manifest))
    hashes.push(rows.map(({ final_url: url }) => hashOf(url)));
  const often = frequent(Float64Array.from(hashes.flat()).sort(), sharedRows);
  const counts = new Map<string, number>();
  const name = "shared-urls.ndjson";
  const file = await PartFile.named(folder, { temporary: temporaryName(name), final: () => name });
  for await (const line of lines(folder, manifest, often, counts)) await file.write([Buffer.from(line)]);
  await file.publish();
  const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    sharedUrls: top.slice(0, named).map(([url, rows]) => ({ url, rows })),
    sharedUrlRows: top.reduce((sum, [, rows]) => sum + rows, 0),
  };
}

type Redirected = Pick<FetchedRow, "line" | "url"> & { final_url: string };

async function* redirected(folder: string, { parts }: Manifest): AsyncGenerator<Redirected[]> {
  for (const { files } of parts) {
    const path = join(folder, files["rows.arrow"]?.name ?? "");
    const columns = ["line", "url", "final_url", "outcome", "redirects"] as const;
    const rows = await readRows<FetchedRow, (typeof columns)[number]>(path, columns);
    yield rows.flatMap(({ line, url, final_url, outcome, redirects }) =>
      outcome === "ok" && redirects > 0 && final_url !== null ? [{ line, url, final_url }] : [],
    );
  }
}

async function* lines(
  folder: string,
  manifest: Manifest,
  often: ReadonlySet<number>,
  counts: Map<string, number>,
): AsyncGenerator<string> {
  if (often.size === 0) return;
  for await (const rows of redirected(folder, manifest)) {
    for (const row of rows) {
      if (!often.has(hashOf(row.final_url))) continue;
      counts.set(row.final_url, (counts.get(row.final_url) ?? 0) + 1);
      yield `${JSON.stringify(row)}\n`;
    }
  }
}

/** 48 bits: among a million URLs the chance of any two meeting is 1 in 500. */
function hashOf(url: string): number {
  return createHash("sha256").update(url).digest().readUIntBE(0, 6);
}

function frequent(sorted: Float64Array, sharedRows: number): Set<number> {
  const often = new Set<number>();
  sorted.forEach((hash, at) => {
    if (sorted[at + sharedRows - 1] === hash) often.add(hash);
  });
  return often;
}
