import { join } from "node:path";

import { type FetchedRow, type Manifest, outcomeClasses, readRows } from "@leyenda/core";

import type { HostRow, MinuteCounts } from "./report/report-data.js";

const topHosts = 20;
/** Bars of the chart over time, at most. */
const maxBars = 120;

/** Rows by host and by minute, out of a stage's rows files one after the other. */
export async function collectDownloads(
  fetched: Manifest,
  folder: string,
): Promise<{ hosts: HostRow[]; minutes: MinuteCounts[] }> {
  const hosts = new Hosts();
  const minutes = new Map<number, MinuteCounts>();
  for (const { files } of fetched.parts) {
    const path = join(folder, files["rows.arrow"]?.name ?? "");
    const rows = await readRows<FetchedRow, "url" | "outcome" | "fetched_at" | "elapsed_ms">(path, [
      "url",
      "outcome",
      "fetched_at",
      "elapsed_ms",
    ]);
    for (const { url, outcome, fetched_at: begun, elapsed_ms: elapsed } of rows) {
      hosts.add(url, outcome);
      const minute = Math.floor((begun + elapsed) / 60_000);
      const counts = minutes.get(minute) ?? { ...none, minute };
      const kind = outcomeClasses[outcome];
      if (kind !== "selection") counts[kind] += 1;
      minutes.set(minute, counts);
    }
  }
  return { hosts: hosts.top(), minutes: condense(minutes) };
}

/** The hosts with the most rows of a stage whose rows have a URL and an outcome. */
export async function collectHosts(manifest: Manifest, folder: string): Promise<HostRow[]> {
  const hosts = new Hosts();
  for (const { files } of manifest.parts) {
    const path = join(folder, files["rows.arrow"]?.name ?? "");
    for (const row of await readRows<FetchedRow, "url" | "outcome">(path, ["url", "outcome"]))
      hosts.add(row.url, row.outcome);
  }
  return hosts.top();
}

const none = { minute: 0, minutes: 1, ok: 0, transient: 0, permanent: 0, policy: 0 };

/** Every minute from the first to the last, several to a bar in a long run. Gaps of a run that was resumed later stay. */
function condense(minutes: ReadonlyMap<number, MinuteCounts>): MinuteCounts[] {
  const sorted = [...minutes.keys()].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const span = (sorted.at(-1) ?? first) - first + 1;
  const length = Math.ceil(span / maxBars);
  const bars = Array.from(
    { length: minutes.size === 0 ? 0 : Math.ceil(span / length) },
    (_, index): MinuteCounts => ({ ...none, minute: first + index * length, minutes: length }),
  );
  for (const counts of minutes.values()) {
    const bar = bars[Math.floor((counts.minute - first) / length)];
    if (bar === undefined) continue;
    for (const kind of ["ok", "transient", "permanent", "policy"] as const) bar[kind] += counts[kind];
  }
  return bars;
}

class Hosts {
  readonly #hosts = new Map<string, Map<string, number>>();

  add(url: string, outcome: string): void {
    const host = URL.canParse(url) ? new URL(url).hostname : "(no host)";
    const counts = this.#hosts.get(host) ?? new Map<string, number>();
    this.#hosts.set(host, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
  }

  top(): HostRow[] {
    return [...this.#hosts]
      .map(([host, counts]) => {
        const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
        const failures = [...counts].filter(([outcome]) => outcome !== "ok").sort(([, a], [, b]) => b - a);
        return { host, rows, ok: counts.get("ok") ?? 0, topFailure: failures[0]?.[0] ?? "" };
      })
      .sort((a, b) => b.rows - a.rows || (a.host < b.host ? -1 : 1))
      .slice(0, topHosts);
  }
}
