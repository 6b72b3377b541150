import { html, type Markup } from "./html.js";
import type { Count, HostRow, PolitenessFigures, ReportData } from "./report-data.js";
import { type Column, table } from "./table.js";

/** A table with a bar for each count. */
export function bars(counts: readonly Count[], caption: string, whole: number): Markup {
  return table(
    caption,
    [{ cell: ({ label }) => label }, ...barColumns(counts, ({ count }) => count, whole)],
    counts,
  );
}

export function outcomeTable(outcomes: ReportData["outcomes"]): Markup {
  const whole = outcomes.reduce((sum, { rows }) => sum + rows, 0);
  const [length, rows, share] = barColumns(outcomes, (row) => row.rows, whole);
  return table(
    "By outcome: every row has exactly one",
    [
      { head: "outcome", cell: ({ outcome }) => code(outcome) },
      { head: "class", kind: "dim", cell: (row) => row.class },
      length,
      { ...rows, head: "rows" },
      { ...share, head: "share" },
    ],
    outcomes,
    (row) => `class-${row.class}`,
  );
}

export function classTable(outcomes: ReportData["outcomes"]): Markup {
  const classes = new Map<string, number>();
  for (const { class: kind, rows } of outcomes) classes.set(kind, (classes.get(kind) ?? 0) + rows);
  const counts = [...classes].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return bars(counts, "By class", total(counts));
}

export function hostTable(hosts: readonly HostRow[], caption: string): Markup {
  return table(
    caption,
    [
      { head: "host", cell: ({ host }) => code(host) },
      { head: "rows", kind: "number", cell: ({ rows }) => number(rows) },
      { kind: "bar", cell: ({ ok, rows }) => bar(ok / Math.max(rows, 1)) },
      { head: "ok", kind: "number", cell: ({ ok, rows }) => percent(ok, rows) },
      { head: "fails most with", cell: ({ topFailure }) => code(topFailure) },
    ],
    hosts,
  );
}

/** How hard the hosts were asked that complained, or were asked most. */
export function politenessTable(politeness: PolitenessFigures): Markup {
  const { workers, distinctHosts, requests, throttled, maxPerSecond, maxInFlight } = politeness;
  const each = workers > 1 ? ` from one of ${workers} processes` : "";
  const to =
    distinctHosts === undefined
      ? ""
      : ` to ${number(distinctHosts)} ${distinctHosts === 1 ? "host" : "hosts"}`;
  const counts = `${number(requests)} requests${to}, ${number(throttled)} answers 429 or 503`;
  const most = `${number(maxPerSecond)} requests to a host in a second, ${number(maxInFlight)} in flight`;
  return table(
    `How hard hosts were asked${each}: ${counts}; at most ${most}`,
    [
      { head: "host", cell: ({ host }) => code(host) },
      { head: "requests", kind: "number", cell: (row) => number(row.requests) },
      { head: "most in a second", kind: "number", cell: (row) => number(row.maxPerSecond) },
      { head: "most in flight", kind: "number", cell: (row) => number(row.maxInFlight) },
      { head: "429 or 503", kind: "number", cell: (row) => number(row.throttled) },
      { head: "seconds held back", kind: "number", cell: (row) => (row.waitedMs / 1000).toFixed(1) },
    ],
    politeness.hosts,
  );
}

export function stageTable(stages: ReportData["stages"]): Markup {
  return table(
    "Work of each stage, summed over its parts and workers",
    [
      { head: "stage", cell: ({ stage }) => stage },
      { head: "parts", kind: "number", cell: ({ parts }) => number(parts) },
      { head: "rows", kind: "number", cell: ({ rows }) => number(rows) },
      { head: "seconds", kind: "number", cell: ({ seconds }) => seconds.toFixed(1) },
      {
        head: "rows/s",
        kind: "number",
        cell: ({ rows, seconds }) => (seconds > 0 ? number(Math.round(rows / seconds)) : "–"),
      },
    ],
    stages,
  );
}

export function total(counts: readonly Count[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

export function number(value: number): string {
  return value.toLocaleString("en");
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? "" : `${((part / whole) * 100).toFixed(1)} %`;
}

/** A bar, the count itself, and its share. */
function barColumns<Row>(
  rows: readonly Row[],
  countOf: (row: Row) => number,
  whole: number,
): [Column<Row>, Column<Row>, Column<Row>] {
  const largest = Math.max(...rows.map(countOf), 1);
  return [
    { kind: "bar", cell: (row) => bar(countOf(row) / largest) },
    { kind: "number", cell: (row) => number(countOf(row)) },
    { kind: "number dim", cell: (row) => percent(countOf(row), whole) },
  ];
}

/** @param share 0 to 1 of the room there is */
function bar(share: number): Markup {
  return html`<meter-bar style="width: ${(share * 100).toFixed(1)}%"></meter-bar>`;
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}
