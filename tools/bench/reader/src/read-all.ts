import { type DatasetConfig, datasetConfigSchema } from "@leyenda/core";
import { loadSourcePlan, readSourceRows } from "@leyenda/fetch";

export interface ReadFigures {
  parts: number;
  rows: number;
  urlLength: number;
  captionLength: number;
  planSeconds: number;
  readSeconds: number;
  /** Highest resident memory of the process so far. */
  peakBytes: number;
}

/** Cuts a list into parts and reads every one of them, as a fetch without a network would. */
export async function readAll(path: string, folder: string): Promise<ReadFigures> {
  const source: DatasetConfig["source"] = datasetConfigSchema.shape.source.parse({ path });
  const begun = performance.now();
  const parts = await loadSourcePlan(source, folder);
  const planned = performance.now();
  const sums = { rows: 0, urlLength: 0, captionLength: 0 };
  for (const part of parts) {
    for await (const row of readSourceRows(part)) {
      if (!row.ok) throw new Error(`row ${row.row}: ${row.problem}`);
      sums.rows += 1;
      sums.urlLength += row.url.length;
      sums.captionLength += row.caption.length;
    }
  }
  const read = performance.now();
  return {
    parts: parts.length,
    ...sums,
    planSeconds: (planned - begun) / 1000,
    readSeconds: (read - planned) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}
