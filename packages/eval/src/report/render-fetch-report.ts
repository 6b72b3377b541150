import { html } from "./html.js";
import { minuteChart } from "./minute-chart.js";
import { page } from "./page.js";
import type { ReportData } from "./report-data.js";
import { bars, classTable, hostTable, number, outcomeTable, percent, politenessTable } from "./tables.js";

/** What the page of a download shows. */
export interface FetchReportData extends Pick<
  ReportData,
  "dataset" | "outcomes" | "hosts" | "minutes" | "politeness"
> {
  /** URLs that many rows were redirected to. */
  shared: { url: string; rows: number }[];
}

/** The report of a download on its own, as one HTML file that loads nothing from anywhere. */
export function renderFetchReport(data: FetchReportData): string {
  const rows = data.outcomes.reduce((sum, each) => sum + each.rows, 0);
  const ok = data.outcomes.find(({ outcome }) => outcome === "ok")?.rows ?? 0;
  return page({
    title: `${data.dataset}: download report`,
    header: html`<h1>${data.dataset}</h1>
      <ul class="figures">
        <li><b>${number(rows)}</b> rows in the list</li>
        <li><b>${number(ok)}</b> pictures</li>
        <li><b>${percent(ok, rows)}</b> of the rows gave a picture</li>
      </ul>`,
    main: html`<section>
        <h2>How the rows ended</h2>
        <div class="columns">${outcomeTable(data.outcomes)}${classTable(data.outcomes)}</div>
      </section>
      <section>
        <h2>Downloads over time</h2>
        ${minuteChart(data.minutes)}
      </section>
      <section>
        <h2>Hosts</h2>
        ${hostTable(data.hosts, "The hosts with the most rows")}
        ${data.politeness === null ? html`` : politenessTable(data.politeness)}
      </section>
      <section>
        <h2>Redirected to the same place</h2>
        ${
          data.shared.length === 0
            ? html`<p class="dim">No URL was the target of many rows.</p>`
            : bars(
                data.shared.map(({ url, rows: count }) => ({ label: url, count })),
                "Often a picture that stands for one that is gone",
                ok,
              )
        }
      </section>`,
  });
}
