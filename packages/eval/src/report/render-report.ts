import { html, type Markup } from "./html.js";
import type { Count, ReportData, SamplePicture } from "./report-data.js";
import { style } from "./style.js";

/** The report as one HTML file that loads nothing from anywhere. */
export function renderReport(data: ReportData): string {
  const listed = data.funnel[0]?.count ?? 0;
  const chosen = data.funnel.at(-1)?.count ?? 0;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${data.dataset}: build report</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <h1>${data.dataset}</h1>
          <p class="dim">Root hash <code>${data.rootHash}</code></p>
          <ul class="figures">
            <li><b>${number(listed)}</b> rows in the list</li>
            <li><b>${number(chosen)}</b> rows in the dataset</li>
            <li><b>${percent(data.funnel[1]?.count ?? 0, listed)}</b> of the URLs gave a picture</li>
            ${
              data.scores === null
                ? html``
                : html`<li><b>${data.scores.bleu.toFixed(1)}</b> BLEU of the translations</li>
                    <li><b>${data.scores.chrf.toFixed(1)}</b> chrF2 of the translations</li>`
            }
          </ul>
        </header>
        <main>
          <section>
            <h2>From the list to the dataset</h2>
            ${bars(data.funnel, "Rows left after each step", listed)}
          </section>
          <section>
            <h2>How the rows ended</h2>
            <div class="columns">${outcomeTable(data)}${classTable(data)}</div>
          </section>
          <section>
            <h2>Hosts</h2>
            ${hostTable(data)}
          </section>
          <section>
            <h2>Pictures and captions in the dataset</h2>
            <div class="columns">
              ${data.histograms.map(({ title, unit, bars: counts }) => bars(counts, `${title} (${unit})`, total(counts)))}
            </div>
          </section>
          <section>
            <h2>Translation</h2>
            ${translation(data)}
          </section>
          <section>
            <h2>A look inside</h2>
            <div class="grid">${data.pictures.map(figure)}</div>
          </section>
          <section>
            <h2>Time</h2>
            ${stageTable(data)}
          </section>
        </main>
      </body>
    </html> `.text;
}

function bars(counts: readonly Count[], caption: string, whole: number): Markup {
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

function outcomeTable({ outcomes }: ReportData): Markup {
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

function classTable({ outcomes }: ReportData): Markup {
  const classes = new Map<string, number>();
  for (const { class: kind, rows } of outcomes) classes.set(kind, (classes.get(kind) ?? 0) + rows);
  const counts = [...classes].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return bars(counts, "By class", total(counts));
}

function hostTable({ hosts }: ReportData): Markup {
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
        The hosts with the most rows, after download and cleaning
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

function translation({ scores, flags, model }: ReportData): Markup {
  const scored =
    scores === null
      ? html`<p class="dim">There are no human translations to score against.</p>`
      : html`<p>
            BLEU ${scores.bleu.toFixed(2)} and chrF2 ${scores.chrf.toFixed(2)} on the ${number(scores.rows)}
            rows that have a human translation.
          </p>
          <p class="dim"><code>${scores.bleuSignature}</code><br /><code>${scores.chrfSignature}</code></p>`;
  return html`<p class="dim">Model: <code>${model}</code></p>
    ${scored}${bars(flags, "Signs of a poor translation", 0)}`;
}

function figure({ jpegBase64, en, es, reference, split, url }: SamplePicture): Markup {
  const human = reference === null ? html`` : html`<p class="dim" lang="es">Human: ${reference}</p>`;
  return html`<figure>
    <img src="data:image/jpeg;base64,${jpegBase64}" alt="${en}" loading="lazy" />
    <figcaption>
      <p class="es" lang="es">${es}</p>
      <p>${en}</p>
      ${human}
      <p class="dim"><code>${split} · ${url}</code></p>
    </figcaption>
  </figure>`;
}

function stageTable({ stages }: ReportData): Markup {
  const lines = stages.map(
    ({ stage, seconds, parts, rows }) =>
      html`<tr>
        <th scope="row">${stage}</th>
        <td class="number">${number(parts)}</td>
        <td class="number">${number(rows)}</td>
        <td class="number">${seconds.toFixed(1)}</td>
        <td class="number">${seconds > 0 ? number(Math.round(rows / seconds)) : "–"}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <caption>
        Work of each stage, summed over its parts and workers
      </caption>
      <thead>
        <tr>
          <th scope="col">stage</th>
          <th scope="col" class="number">parts</th>
          <th scope="col" class="number">rows</th>
          <th scope="col" class="number">seconds</th>
          <th scope="col" class="number">rows/s</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

function total(counts: readonly Count[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "" : `${((part / whole) * 100).toFixed(1)} %`;
}

function width(count: number, largest: number): string {
  return `${((count / largest) * 100).toFixed(1)}%`;
}
