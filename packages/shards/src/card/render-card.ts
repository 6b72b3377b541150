import type { Json, OutcomeCounts, TranslationFlag } from "@leyenda/core";

import type { Liveness } from "./collect-liveness.js";
import type { Form } from "./forms.js";
import { markdownTable, share } from "./markdown-table.js";
import { renderConsent, renderLiveness } from "./render-liveness.js";

/** What is told of a dataset beside its shards, kept in its manifest: its exports have it from there. */
export interface CardFacts {
  name: string;
  license: string;
  about: { citation: string | null; homepage: string | null; creators: string[]; published: string | null };
  /** What was left after each step. */
  funnel: (readonly [step: string, rows: number])[];
  /** How every row of the list ended. */
  outcomes: OutcomeCounts;
  /** How its addresses ended. */
  liveness: Liveness;
  /** Rows by sign of a poor translation. */
  flags: Partial<Record<TranslationFlag, number>>;
  /** The model that translated. */
  model: Record<string, Json>;
  /** The options that decided the bytes. */
  options: Record<string, Json>;
  /** Whether further columns of the list are carried through. */
  withExtra: boolean;
}

export interface CardData extends CardFacts {
  splits: Record<string, { rows: number; bytes: number; shards: number }>;
  rootHash: string;
  form: Form;
  /** Whether these are the shards that the root hash is of. */
  isExport: boolean;
}

/** The data card: `README.md` of a dataset on the Hugging Face hub, its YAML front matter included. */
export function renderCard(data: CardData): string {
  const {
    name,
    license,
    about,
    splits,
    rootHash,
    funnel,
    outcomes,
    options,
    form,
    flags,
    withExtra,
    liveness,
  } = data;
  const rows = Object.values(splits).reduce((sum, split) => sum + split.rows, 0);
  const [, listed = 0] = funnel[0] ?? [];
  return `${frontMatter(data, rows)}

# ${name}

Pictures with Spanish captions, translated by machine from the English captions beside them.${about.homepage === null ? "" : ` <${about.homepage}>`}

${markdownTable(
  ["split", "rows", "shards", "bytes"],
  Object.entries(splits).map(([split, each]) => [split, each.rows, each.shards, each.bytes]),
)}

${form.layout} \`manifest.json\` has the size and SHA-256 of every file, \`croissant.json\` describes them to machines.

${
  data.isExport
    ? `Exported from the dataset with the root hash \`${rootHash}\`.`
    : `Root hash \`${rootHash}\`: SHA-256 of what \`sha256sum *.arrow\` prints here.`
}

\`\`\`python
${form.example}
\`\`\`

## How it came about

${markdownTable(
  ["step", "rows", "of the list"],
  funnel.map(([step, count]) => [step, count, share(count, listed)]),
)}

Every row of the list ended in exactly one outcome:

${markdownTable(
  ["outcome", "rows", "of the list"],
  Object.entries(outcomes)
    .sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
    .map(([outcome, count]) => [`\`${outcome}\``, count, share(count, listed)]),
)}

## How alive the list was

${renderLiveness(liveness)}

## What publishers reserve

${renderConsent(liveness)}

## Columns

\`image\` (sRGB, upright, in \`clean.format\` below), \`caption_es\`, \`caption_en\` (the source), \`key\` (of URL and source caption, the same in every
build), \`url\`, \`final_url\` (where the picture came from, after redirects), \`width\`, \`height\` (pixels of \`image\`), \`source_sha256\`,
\`source_format\`, \`source_width\`, \`source_height\` (of the file as it was downloaded), \`phash\`, \`dhash\` (64 bits of what the picture looks
like, in hex), \`source_line\`, \`translation_score\` (log probability over length), \`source_truncated\`, \`target_truncated\`,
\`unknown_pieces\`, and \`translation_flags\`: signs of a poor translation with commas between them, empty for most rows, so that
\`dataset.filter(lambda row: row["translation_flags"] == "")\` leaves the others out. ${flagged(flags)}${withExtra ? "\n\n\`extra\` holds the further columns of the list, a JSON object." : ""}

When a row was downloaded is not among them: it would differ from build to build.

## Model

${markdownTable(
  ["", ""],
  Object.entries(data.model).map(([what, value]) => [what, `\`${JSON.stringify(value)}\``]),
)}

## Options

${markdownTable(
  ["option", "value"],
  Object.entries(options).map(([option, value]) => [`\`${option}\``, `\`${JSON.stringify(value)}\``]),
)}

## Licence

The captions' translations, the selection and this card: \`${license}\`. Pictures and English captions belong to their owners and are
under their owners' terms; each row has the address that it came from. Whoever wants a row to go is to ask who publishes this dataset, who
takes it out with \`leyenda takedown\`, by address, host, SHA-256 or key.${
    about.citation === null ? "" : `\n\n## Citation\n\n\`\`\`\n${about.citation}\n\`\`\``
  }

## Limits

- Captions come from alt texts of the web, and their translations from a machine; nobody has read them. They carry what such texts carry:
  wrong names, advertising, prejudice.
- Nothing was done to find faces, names of persons, or pictures that are not for everybody.
- Exact copies of a picture occur once, and what perceptual hashes find near to each other is in one split only; mirrored or clearly
  cropped copies are not found.
- What publishers say after the download changes nothing here until the dataset is refreshed or rows are taken down.
`;
}

function frontMatter({ name, license, splits, form, rootHash }: CardData, rows: number): string {
  return [
    "---",
    `pretty_name: ${name}`,
    "language: [es, en]",
    `license: ${license}`,
    "task_categories: [image-to-text]",
    `size_categories: [${sizeCategory(rows)}]`,
    "configs:",
    "  - config_name: default",
    // datasets 5.0 keeps what it loaded under the folder's name and a hash of this configuration, file patterns and all, but of no file:
    // without it, another dataset in a folder of the same name is given the rows of the first.
    `    description: root hash ${rootHash}`,
    "    data_files:",
    ...Object.keys(splits).flatMap((split) => [
      `      - split: ${split}`,
      `        path: ${form.files(split)}`,
    ]),
    "---",
  ].join("\n");
}

function flagged(flags: CardData["flags"]): string {
  const counts = Object.entries(flags).map(([flag, count]) => `\`${flag}\` ${count}`);
  return counts.length === 0 ? "No row has one." : `When it was built: ${counts.join(", ")}.`;
}

function sizeCategory(rows: number): string {
  if (rows < 1_000) return "n<1K";
  if (rows < 10_000) return "1K<n<10K";
  if (rows < 100_000) return "10K<n<100K";
  if (rows < 1_000_000) return "100K<n<1M";
  return "1M<n<10M";
}
