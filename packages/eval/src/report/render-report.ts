import { html, type Markup } from "./html.js";
import { minuteChart } from "./minute-chart.js";
import { page } from "./page.js";
import { scoreTables } from "./render-caption-report.js";
import type { ReportData, SamplePicture } from "./report-data.js";
import {
  bars,
  classTable,
  hostTable,
  number,
  outcomeTable,
  percent,
  politenessTable,
  stageTable,
  total,
} from "./tables.js";

/** The report as one HTML file that loads nothing from anywhere. */
export function renderReport(data: ReportData): string {
  const listed = data.funnel[0]?.count ?? 0;
  const chosen = data.funnel.at(-1)?.count ?? 0;
  return page({
    title: `${data.dataset}: build report`,
    header: html`<h1>${data.dataset}</h1>
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
      </ul>`,
    main: html`<section>
        <h2>From the list to the dataset</h2>
        ${bars(data.funnel, "Rows left after each step", listed)}
      </section>
      <section>
        <h2>How the rows ended</h2>
        <div class="columns">
          ${outcomeTable(data.outcomes)}${classTable(data.outcomes)}
          ${bars(data.matches, "How duplicates, placeholders and excluded rows were found", total(data.matches))}
        </div>
      </section>
      <section>
        <h2>Downloads over time</h2>
        ${minuteChart(data.minutes)}
      </section>
      <section>
        <h2>Hosts</h2>
        ${hostTable(data.hosts, "The hosts with the most rows, after download and cleaning")}
        ${data.politeness === null ? html`` : politenessTable(data.politeness)}
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
      ${captioner(data)}
      <section>
        <h2>A look inside</h2>
        <div class="grid">${data.pictures.map(figure)}</div>
      </section>
      <section>
        <h2>Time</h2>
        ${stageTable(data.stages)}
      </section>`,
  });
}

function translation({ scores, flags, model, translating, funnel }: ReportData): Markup {
  const scored =
    scores === null
      ? html`<p class="dim">There are no human translations to score against.</p>`
      : html`<p>
            BLEU ${scores.bleu.toFixed(2)} and chrF2 ${scores.chrf.toFixed(2)} on the ${number(scores.rows)}
            rows that have a human translation.
          </p>
          <p class="dim"><code>${scores.bleuSignature}</code><br /><code>${scores.chrfSignature}</code></p>`;
  return html`<p class="dim">Model: <code>${model}</code></p>
    ${scored}
    <div class="columns">
      ${bars(flags, "Signs of a poor translation (a row may have several)", funnel.at(-1)?.count ?? 0)}
      ${bars(translating, "Captions through the model", translating[0]?.count ?? 0)}
    </div>`;
}

function captioner({ captioner: evaluation }: ReportData): Markup {
  if (evaluation === null) return html``;
  return html`<section>
    <h2>The captioner on the validation split</h2>
    <p class="dim">
      What <code>${evaluation.name}</code> says of ${number(evaluation.rows)} pictures, beside their captions
      in the dataset; and beside those of other pictures, which is what looking is worth.
    </p>
    ${scoreTables(evaluation)}
  </section>`;
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
