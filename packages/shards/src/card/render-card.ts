import type { Json, OutcomeCounts, TranslationFlag } from "@leyenda/core";

export interface CardData {
  name: string;
  license: string;
  splits: Record<string, { rows: number; bytes: number; shards: number }>;
  rootHash: string;
  /** What was left after each step. */
  funnel: readonly (readonly [step: string, rows: number])[];
  /** How every row of the list ended. */
  outcomes: OutcomeCounts;
  /** Rows by sign of a poor translation. */
  flags: Partial<Record<TranslationFlag, number>>;
  /** The options that decided the bytes. */
  options: Record<string, Json>;
  /** Whether further columns of the list are carried through. */
  withExtra: boolean;
}

/** The data card: `README.md` of a dataset on the Hugging Face hub, its YAML front matter included. */
export function renderCard({
  name,
  license,
  splits,
  rootHash,
  funnel,
  outcomes,
  options,
  flags,
  withExtra,
}: CardData): string {
  const rows = Object.values(splits).reduce((sum, split) => sum + split.rows, 0);
  const [, listed = 0] = funnel[0] ?? [];
  const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
    [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const front = [
    "---",
    `pretty_name: ${name}`,
    "language: [es, en]",
    `license: ${license}`,
    "task_categories: [image-to-text]",
    `size_categories: [${sizeCategory(rows)}]`,
    "configs:",
    "  - config_name: default",
    "    data_files:",
    ...Object.keys(splits).flatMap((split) => [`      - split: ${split}`, `        path: ${split}-*.arrow`]),
    "---",
  ];
  return `${front.join("\n")}

# ${name}

Pictures with Spanish captions, translated by machine from the English captions beside them.

${table(
  ["split", "rows", "shards", "bytes"],
  Object.entries(splits).map(([split, each]) => [
    split,
    String(each.rows),
    String(each.shards),
    String(each.bytes),
  ]),
)}

Root hash \`${rootHash}\`: SHA-256 of what \`sha256sum *.arrow\` prints here.

\`\`\`python
from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
print(dataset["train"][0]["caption_es"], dataset["train"][0]["image"].size)
\`\`\`

## How it came about

${table(
  ["step", "rows", "of the list"],
  funnel.map(([step, count]) => [
    step,
    String(count),
    `${((count / Math.max(listed, 1)) * 100).toFixed(1)} %`,
  ]),
)}

Every row of the list ended in exactly one outcome:

${table(
  ["outcome", "rows"],
  Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => [`\`${outcome}\``, String(count)]),
)}

Rows whose publishers reserve them from AI training by HTTP headers are \`opted_out\` and are left out.

## Columns

\`image\` (sRGB, upright, in \`clean.format\` below), \`caption_es\`, \`caption_en\` (the source), \`key\` (of URL and source caption, the same in every
build), \`url\`, \`final_url\` (where the picture came from, after redirects), \`width\`, \`height\` (pixels of \`image\`), \`source_sha256\`, \`source_format\`, \`source_width\`, \`source_height\`
(of the file as it was downloaded), \`phash\`, \`dhash\` (64 bits of what the picture looks like, in hex), \`source_line\`, \`translation_score\` (log probability over length), \`source_truncated\`,
\`target_truncated\`, \`unknown_pieces\`, and \`translation_flags\`: signs of a poor translation with commas between them, empty for most
rows, so that \`dataset.filter(lambda row: row["translation_flags"] == "")\` leaves the others out. ${flagged(flags, rows)}${withExtra ? "\n\n\`extra\` holds the further columns of the list, a JSON object." : ""}

## Options

${table(
  ["option", "value"],
  Object.entries(options).map(([option, value]) => [`\`${option}\``, `\`${JSON.stringify(value)}\``]),
)}

## Limits

- Captions come from alt texts of the web, and their translations from a machine; nobody has read them.
- Exact copies of a picture occur once. Near copies may occur more than once, in both splits too.
- Pictures belong to their owners; the licence above does not speak for them.
`;
}

function flagged(flags: CardData["flags"], rows: number): string {
  const counts = Object.entries(flags).map(([flag, count]) => `\`${flag}\` ${count}`);
  return counts.length === 0 ? "No row has one." : `Of ${rows} rows: ${counts.join(", ")}.`;
}

function sizeCategory(rows: number): string {
  if (rows < 1_000) return "n<1K";
  if (rows < 10_000) return "1K<n<10K";
  if (rows < 100_000) return "10K<n<100K";
  if (rows < 1_000_000) return "100K<n<1M";
  return "1M<n<10M";
}
