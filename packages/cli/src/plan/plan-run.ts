import { stat } from "node:fs/promises";

import type { DatasetConfig } from "@leyenda/core";

import { type Rates, rateSources } from "./rates.js";

/** What a build takes. Seconds, bytes. */
export interface RunPlan {
  listBytes: number | null;
  rows: number;
  /** Whether `rows` was counted, or estimated from the list's size or the wanted splits. */
  rowsFrom: "maxRows" | "list size" | "wanted rows";
  parts: number;
  pictures: number;
  wanted: number;
  shards: number;
  traffic: number;
  disk: { fetched: number; clean: number; rows: number; dataset: number };
  seconds: { fetch: number; clean: number; translate: number; shards: number };
  workers: number;
  assumptions: { name: string; value: number; source: string }[];
}

/** Mean bytes of a line of Conceptual 12M. */
const lineBytes = 210;

/** Works out what a build would take, from the config and from rates. */
export async function planRun(config: DatasetConfig, workers: number, rates: Rates): Promise<RunPlan> {
  const listBytes = await plainListBytes(config.source.path);
  const wanted = config.select.train + config.select.validation;
  const { rows, rowsFrom } = rowsOf(config, listBytes, wanted, rates);
  const pictures = Math.round(rows * rates.aliveShare);
  const used = Math.min(wanted, pictures);
  const { rowsPerShard, bytesPerShard } = config.shards;
  const shardsOf = (split: number): number =>
    Math.max(Math.ceil(split / rowsPerShard), Math.ceil((split * rates.storedBytes) / bytesPerShard));
  return {
    listBytes,
    rows,
    rowsFrom,
    parts: Math.ceil(rows / config.source.rowsPerPart),
    pictures,
    wanted,
    shards: shardsOf(config.select.train) + shardsOf(config.select.validation),
    traffic: pictures * rates.bodyBytes,
    disk: {
      fetched: pictures * rates.bodyBytes,
      clean: pictures * rates.storedBytes,
      rows: rows * rates.rowBytes,
      dataset: used * rates.storedBytes,
    },
    seconds: {
      fetch: Math.max(pictures / rates.fetchPerSecond, (pictures * rates.fetchCpuMs) / 1000 / workers),
      clean: (pictures * rates.cleanCpuMs) / 1000 / workers,
      translate: used / (rates.captionsPerCoreSecond * workers),
      shards: (used * rates.storedBytes) / rates.shardBytesPerSecond,
    },
    workers,
    assumptions: (Object.keys(rates) as (keyof Rates)[]).map((name) => ({
      name,
      value: rates[name],
      source: rateSources[name],
    })),
  };
}

/** Only the size of plain text says how many rows there are. */
async function plainListBytes(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && /\.(tsv|tab|csv|txt)$/i.test(path) ? found.size : null;
}

function rowsOf(
  { source }: DatasetConfig,
  listBytes: number | null,
  wanted: number,
  rates: Rates,
): Pick<RunPlan, "rows" | "rowsFrom"> {
  const listed = listBytes === null ? null : Math.round(listBytes / lineBytes);
  if (source.maxRows !== null)
    return { rows: Math.min(source.maxRows, listed ?? source.maxRows), rowsFrom: "maxRows" };
  if (listed !== null) return { rows: listed, rowsFrom: "list size" };
  return { rows: Math.ceil(wanted / rates.aliveShare), rowsFrom: "wanted rows" };
}
