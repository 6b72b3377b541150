import { html, type Markup } from "./html.js";
import type { MinuteCounts } from "./report-data.js";
import { number } from "./tables.js";

const classes = ["ok", "permanent", "policy", "transient"] as const;
const [chartWidth, chartHeight] = [960, 160];

/** Rows over time, a bar for each stretch with its classes one above the other: where a network went away it shows. */
export function minuteChart(minutes: readonly MinuteCounts[]): Markup {
  const [first] = minutes;
  if (first === undefined) return html`<p class="dim">Nothing was downloaded.</p>`;
  const sums = minutes.map((each) => classes.reduce((sum, name) => sum + each[name], 0));
  const largest = Math.max(...sums, 1);
  const step = chartWidth / minutes.length;
  const bars = minutes.map((each, index) => {
    let top = chartHeight;
    const pieces = classes.map((name) => {
      const height = (each[name] / largest) * chartHeight;
      top -= height;
      return html`<rect
        class="bar-${name}"
        x="${(index * step).toFixed(1)}"
        y="${top.toFixed(1)}"
        width="${Math.max(step - 1, 0.5).toFixed(1)}"
        height="${height.toFixed(1)}"
      />`;
    });
    const counts = classes.map((name) => `${name} ${number(each[name])}`).join(", ");
    return html`<g>
      <title>${time(each.minute)}: ${counts}</title>
      ${pieces}
    </g>`;
  });
  return html`<figure class="chart">
    <svg
      viewBox="0 0 ${chartWidth} ${chartHeight}"
      role="img"
      aria-label="Rows over time by class of outcome"
    >
      ${bars}
    </svg>
    <figcaption>
      <p>
        ${time(first.minute)} to ${time((minutes.at(-1) ?? first).minute + first.minutes)} UTC; a bar is
        ${first.minutes} min, the highest has ${number(largest)} rows.
      </p>
      <p class="dim">
        From the bottom: ${classes.map((name) => html`<span class="key key-${name}"></span>${name} `)}
      </p>
    </figcaption>
  </figure>`;
}

function time(minute: number): string {
  return new Date(minute * 60_000).toISOString().slice(0, 16).replace("T", " ");
}
