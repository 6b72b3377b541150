import type { CaptionEvaluation } from "./evaluate-captions.js";
import { formatChance, formatScore } from "./format-score.js";

/** An evaluation as a table of text. */
export function renderScoreTable(evaluation: CaptionEvaluation): string {
  const { name, rows, failed, scores, captions, references, loss, shuffled, comparison } = evaluation;
  const heads = [
    "score",
    "",
    ...(evaluation.resamples === 0 ? [] : ["95 %"]),
    ...(shuffled === null ? [] : ["shuffled"]),
    ...(comparison === null ? [] : ["baseline", "difference", "p (randomisation)", "p (bootstrap)"]),
  ];
  const lines = Object.entries(scores).map(([key, { title, score, interval }]) => {
    const compared = comparison?.scores[key];
    return [
      title,
      formatScore(key, score),
      ...(interval === null
        ? []
        : [`${formatScore(key, interval.low)} – ${formatScore(key, interval.high)}`]),
      ...(shuffled === null ? [] : [formatScore(key, shuffled.scores[key] ?? 0)]),
      ...(compared === undefined
        ? []
        : [
            formatScore(key, compared.baseline),
            `${compared.difference < 0 ? "" : "+"}${formatScore(key, compared.difference)}`,
            formatChance(compared.pRandomization),
            formatChance(compared.pBootstrap),
          ]),
    ];
  });
  const length = ({ length: { mean, median, max } }: typeof captions): string =>
    `${mean.toFixed(1)} words on average, half at most ${median}, all at most ${max}`;
  const most = captions.mostFrequent;
  return [
    `${name}: ${rows.toLocaleString("en")} captions${failed === 0 ? "" : `, of which ${failed.toLocaleString("en")} failed and are empty`}`,
    "",
    ...align([heads, ...lines]),
    "",
    ...(loss === null
      ? []
      : [
          `loss            ${decimals(loss.loss)} per token of ${loss.tokens.toLocaleString("en")}${shuffled === null ? "" : `; shuffled ${decimals(shuffled.loss?.loss)}`}`,
          `loss_seed       ${decimals(loss.loss_seed)} over ${loss.batches} batches of ${loss.batch}${shuffled === null ? "" : `; shuffled ${decimals(shuffled.loss?.loss_seed)}`}`,
        ]),
    `distinct        1-grams ${captions.distinct1.toFixed(4)}, 2-grams ${captions.distinct2.toFixed(4)} (references ${references.distinct1.toFixed(4)}, ${references.distinct2.toFixed(4)})`,
    `most frequent   ${most === null ? "none" : `${(most.share * 100).toFixed(2)} %: ${JSON.stringify(most.caption)}`}`,
    `length          ${length(captions)} (references ${references.length.mean.toFixed(1)})`,
    "",
  ].join("\n");
}

function decimals(value: number | null | undefined): string {
  return value === null || value === undefined ? "none" : value.toFixed(4);
}

/** The first column to the left, all others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => (row[place] ?? "").length)));
  return rows.map((row) =>
    widths
      .map((width, place) =>
        place === 0 ? (row[place] ?? "").padEnd(width) : (row[place] ?? "").padStart(width),
      )
      .join("  ")
      .trimEnd(),
  );
}
