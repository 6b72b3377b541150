import { html, type Markup } from "./html.js";
import type { Count, HostRow, PolitenessFigures, ReportData } from "./report-data.js";

/** A table with a bar for each count. */
export function bars(counts: readonly Count[], caption: string, whole: number): Markup {
  const largest = Math.max(...counts.map(({ count }) => count), 1);
  const rows = counts.map(
    ({ label, count }) =>
      html`<tr>
        <th scope="row">${label}</th>
        <td class="bar"><meter-bar style="width: ${width(count, largest)}"></meter-bar></td>
        <td class="number">${number(count)}</td>
        <td class="number dim">${percent(count, whole)}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <caption>
        ${caption}
      </caption>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export function outcomeTable(outcomes: ReportData["outcomes"]): Markup {
  const whole = outcomes.reduce((sum, { rows }) => sum + rows, 0);
  const largest = Math.max(...outcomes.map(({ rows }) => rows), 1);
  const lines = outcomes.map(
    ({ outcome, class: kind, rows }) =>
      html`<tr class="class-${kind}">
        <th scope="row"><code>${outcome}</code></th>
        <td class="dim">${kind}</td>
        <td class="bar"><meter-bar style="width: ${width(rows, largest)}"></meter-bar></td>
        <td class="number">${number(rows)}</td>
        <td class="number dim">${percent(rows, whole)}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <caption>
        By outcome: every row has exactly one
      </caption>
      <thead>
        <tr>
          <th scope="col">outcome</th>
          <th scope="col">class</th>
          <th scope="col"></th>
          <th scope="col" class="number">rows</th>
          <th scope="col" class="number">share</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

export function classTable(outcomes: ReportData["outcomes"]): Markup {
  const classes = new Map<string, number>();
  for (const { class: kind, rows } of outcomes) classes.set(kind, (classes.get(kind) ?? 0) + rows);
  const counts = [...classes].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return bars(counts, "By class", total(counts));
}

export function hostTable(hosts: readonly HostRow[], caption: string): Markup {
  const lines = hosts.map(
    ({ host, rows, ok, topFailure }) =>
      html`<tr>
        <th scope="row"><code>${host}</code></th>
        <td class="number">${number(rows)}</td>
        <td class="number">${percent(ok, rows)}</td>
        <td><code>${topFailure}</code></td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">host</th>
          <th scope="col" class="number">rows</th>
          <th scope="col" class="number">ok</th>
          <th scope="col">fails most with</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

/** How hard the hosts were asked that complained, or were asked most. */
export function politenessTable(politeness: PolitenessFigures): Markup {
  const { workers, requests, throttled } = politeness;
  const lines = politeness.hosts.map(
    (row) =>
      html`<tr>
        <th scope="row"><code>${row.host}</code></th>
        <td class="number">${number(row.requests)}</td>
        <td class="number">${number(row.maxPerSecond)}</td>
        <td class="number">${number(row.maxInFlight)}</td>
        <td class="number">${number(row.throttled)}</td>
        <td class="number">${(row.waitedMs / 1000).toFixed(1)}</td>
      </tr>`,
  );
  const each = workers > 1 ? ` from one of ${workers} processes` : "";
  return html`<div class="scroll">
    <table>
      <caption>
        How hard hosts were asked${each}: ${number(requests)} requests, ${number(throttled)} answers 429 or
        503; at most ${number(politeness.maxPerSecond)} requests to a host in a second,
        ${number(politeness.maxInFlight)} in flight
      </caption>
      <thead>
        <tr>
          <th scope="col">host</th>
          <th scope="col" class="number">requests</th>
          <th scope="col" class="number">most in a second</th>
          <th scope="col" class="number">most in flight</th>
          <th scope="col" class="number">429 or 503</th>
          <th scope="col" class="number">seconds held back</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
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

function width(count: number, largest: number): string {
  return `${((count / largest) * 100).toFixed(1)}%`;
}
