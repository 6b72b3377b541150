import type { CaptionLoss } from "../captions/caption-loss.js";
import type { CaptionEvaluation } from "../captions/evaluate-captions.js";
import { formatChance, formatScore } from "../captions/format-score.js";
import { html, type Markup } from "./html.js";
import { page } from "./page.js";
import type { Count } from "./report-data.js";
import { type Column, table } from "./table.js";
import { bars, number, percent, total } from "./tables.js";

/** A caption to look at. */
export interface CaptionExample {
  id: string;
  /** A small JPEG, where the picture is at hand. */
  jpegBase64: string | null;
  prediction: string;
  references: readonly string[];
  /** What the other system says. */
  baseline: string | null;
  /** chrF2++ of this caption alone. */
  quality: number;
}

export interface CaptionReportData {
  evaluation: CaptionEvaluation;
  examples: Record<"best" | "worst" | "others", readonly CaptionExample[]>;
  histograms: readonly { title: string; bars: readonly Count[] }[];
}

/** The scores of captions as one HTML file that loads nothing from anywhere. */
export function renderCaptionReport({ evaluation, examples, histograms }: CaptionReportData): string {
  const { name, rows, failed, scores, loss, captions, references } = evaluation;
  const headline = ["bleu_1", "bleu_4", "sacrebleu", "chrf_plus_plus", "cider_d"];
  return page({
    title: `${name}: how good the captions are`,
    header: html`<h1>${name}</h1>
      <p class="dim">
        ${number(rows)} captions beside their
        references${failed === 0 ? "" : `; ${number(failed)} could not be made and are empty`}
      </p>
      <ul class="figures">
        ${typeof loss?.loss === "number" ? html`<li><b>${loss.loss.toFixed(3)}</b> loss per token</li>` : html``}
        ${headline.flatMap((key) => {
          const score = scores[key];
          return score === undefined
            ? []
            : [html`<li><b>${formatScore(key, score.score)}</b> ${score.title}</li>`];
        })}
      </ul>`,
    main: html`<section>
        <h2>Scores</h2>
        ${scoreTables(evaluation)}
      </section>
      <section>
        <h2>What the captions are like</h2>
        ${table(
          "Captions and references, in words",
          [
            { head: "", cell: ({ title }) => title },
            { head: "captions", kind: "number", cell: ({ ours }) => ours },
            { head: "references", kind: "number", cell: ({ theirs }) => theirs },
          ],
          figureRows(captions, references),
        )}
        <div class="columns">
          ${histograms.map(({ title, bars: counts }) => bars(counts, title, total(counts)))}
        </div>
      </section>
      ${gallery("Best", examples.best)} ${gallery("Worst", examples.worst)}
      ${gallery("Others", examples.others)}
      <section>
        <h2>How each score is computed</h2>
        ${table(
          "Signatures",
          [
            { head: "score", cell: ({ title }) => title },
            { head: "signature", cell: ({ signature }) => html`<code>${signature}</code>` },
          ],
          Object.values(scores),
        )}
      </section>`,
  });
}

/** Every score of an evaluation, and its losses. */
export function scoreTables(evaluation: CaptionEvaluation): Markup {
  return html`${scoreTable(evaluation)} ${lossTable(evaluation)}`;
}

function scoreTable({ scores, resamples, shuffled, comparison }: CaptionEvaluation): Markup {
  type Row = [key: string, score: CaptionEvaluation["scores"][string]];
  const compared = (
    key: string,
  ): NonNullable<CaptionEvaluation["comparison"]>["scores"][string] | undefined => comparison?.scores[key];
  const shown = (key: string, value: number | undefined): string =>
    value === undefined ? "" : formatScore(key, value);
  const columns: Column<Row>[] = [
    { head: "score", cell: ([, { title }]) => title },
    { head: "value", kind: "number", cell: ([key, { score }]) => formatScore(key, score) },
    ...when(resamples > 0, {
      head: "95 % of resamples",
      kind: "number" as const,
      cell: ([key, { interval }]: Row) =>
        interval === null ? "" : `${formatScore(key, interval.low)} – ${formatScore(key, interval.high)}`,
    }),
    ...when(shuffled !== null, {
      head: "pictures shuffled",
      kind: "number" as const,
      cell: ([key]: Row) => shown(key, shuffled?.scores[key]),
    }),
    ...when(
      comparison !== null,
      {
        head: comparison?.baseline ?? "",
        kind: "number" as const,
        cell: ([key]: Row) => shown(key, compared(key)?.baseline),
      },
      {
        head: "difference",
        kind: "number" as const,
        cell: ([key]: Row) => shown(key, compared(key)?.difference),
      },
      {
        head: "p, randomisation",
        kind: "number" as const,
        cell: ([key]: Row) => formatChance(compared(key)?.pRandomization ?? 1),
      },
      {
        head: "p, bootstrap",
        kind: "number" as const,
        cell: ([key]: Row) => formatChance(compared(key)?.pBootstrap ?? 1),
      },
    ),
  ];
  const caption =
    comparison === null
      ? "BLEU-1 to 4 as the original captioner was measured, 0 to 1, and others"
      : `Beside ${comparison.baseline}; p is how likely at least such a difference is by chance`;
  return table(caption, columns, Object.entries(scores));
}

function lossTable({ loss, shuffled }: CaptionEvaluation): Markup {
  if (loss === null) return html``;
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined ? "" : value.toFixed(4);
  const rows: [string, keyof CaptionLoss & ("loss" | "loss_seed")][] = [
    [`loss: mean over ${number(loss.tokens)} tokens`, "loss"],
    [
      `loss_seed: as the original, mean over ${number(loss.batches)} batches of ${number(loss.batch)}`,
      "loss_seed",
    ],
  ];
  return table(
    "How likely the references are to the model, natural logarithms",
    [
      { head: "", cell: ([title]) => title },
      { head: "value", kind: "number", cell: ([, key]) => shown(loss[key]) },
      ...when(shuffled !== null, {
        head: "pictures shuffled",
        kind: "number" as const,
        cell: ([, key]: (typeof rows)[number]) => shown(shuffled?.loss?.[key]),
      }),
    ],
    rows,
  );
}

function figureRows(
  captions: CaptionEvaluation["captions"],
  references: CaptionEvaluation["captions"],
): { title: string; ours: string; theirs: string }[] {
  const row = (
    title: string,
    of: (figures: CaptionEvaluation["captions"]) => string,
  ): { title: string; ours: string; theirs: string } => ({
    title,
    ours: of(captions),
    theirs: of(references),
  });
  return [
    row("length, mean", ({ length }) => length.mean.toFixed(2)),
    row("length, standard deviation", ({ length }) => length.standardDeviation.toFixed(2)),
    row("length, shortest", ({ length }) => number(length.min)),
    row("length, median", ({ length }) => number(length.median)),
    row("length, longest", ({ length }) => number(length.max)),
    row("without a word", ({ length }) => number(length.empty)),
    row("different words of all (distinct-1)", ({ distinct1 }) => distinct1.toFixed(4)),
    row("different 2-grams of all (distinct-2)", ({ distinct2 }) => distinct2.toFixed(4)),
    row("share of the most frequent", ({ mostFrequent }) => percent(mostFrequent?.share ?? 0, 1)),
    row("the most frequent", ({ mostFrequent }) => mostFrequent?.caption ?? ""),
  ];
}

function gallery(title: string, examples: readonly CaptionExample[]): Markup {
  if (examples.length === 0) return html``;
  return html`<section>
    <h2>${title}</h2>
    <div class="grid">${examples.map(figure)}</div>
  </section>`;
}

function figure({ id, jpegBase64, prediction, references, baseline, quality }: CaptionExample): Markup {
  const picture =
    jpegBase64 === null
      ? html``
      : html`<img src="data:image/jpeg;base64,${jpegBase64}" alt="${references[0] ?? ""}" loading="lazy" />`;
  return html`<figure>
    ${picture}
    <figcaption>
      <p class="es" lang="es">${prediction === "" ? "(empty)" : prediction}</p>
      ${references.map((reference) => html`<p lang="es">${reference}</p>`)}
      ${baseline === null ? html`` : html`<p class="dim">Baseline: <span lang="es">${baseline}</span></p>`}
      <p class="dim">chrF2++ ${quality.toFixed(1)} · <code>${id}</code></p>
    </figcaption>
  </figure>`;
}

function when<Each>(condition: boolean, ...items: readonly Each[]): readonly Each[] {
  return condition ? items : [];
}
