import { join } from "node:path";

import { type DatasetFolders, type Manifest, storeOf, writeFileAtomically } from "@leyenda/core";

import { collectDownloads } from "./collect-downloads.js";
import { listOutcomes } from "./list-outcomes.js";
import { politenessFigures } from "./politeness-figures.js";
import { renderFetchReport } from "./report/render-fetch-report.js";

/**
 * Writes the report of a download on its own: outcomes, classes, hosts, and rows over time.
 *
 * @returns the page's path
 */
export async function writeFetchReport(folders: DatasetFolders, fetched: Manifest): Promise<string> {
  const shared = fetched.summary.sharedUrls;
  const page = renderFetchReport({
    dataset: fetched.dataset,
    outcomes: listOutcomes(fetched.outcomes),
    shared: Array.isArray(shared) ? (shared as { url: string; rows: number }[]) : [],
    politeness: politenessFigures(fetched),
    ...(await collectDownloads(fetched, folders.fetched)),
  });
  await storeOf(folders.reports).prepare(folders.reports);
  const path = join(folders.reports, "fetch.html");
  await writeFileAtomically(path, page);
  return path;
}
