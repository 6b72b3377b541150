import type { DatasetDiff } from "./diff-datasets.js";

const kinds = [
  ["added", "only in B"],
  ["gone", "only in A"],
  ["captionChanged", "caption changed"],
  ["pictureChanged", "picture changed"],
  ["splitChanged", "split changed"],
  ["moved", "the same row in another place"],
] as const;

/** A diff for a terminal. */
export function renderDiff(diff: DatasetDiff): string {
  const side = ({ folder, rows, splits }: DatasetDiff["a"]): string => {
    const perSplit = Object.entries(splits).map(([split, count]) => `${split} ${count}`);
    return `${folder}: ${rows} rows (${perSplit.join(", ")})`;
  };
  const lines = kinds.flatMap(([kind, name]) => {
    const { rows, examples } = diff[kind];
    if (rows === 0) return [];
    return [
      `${name}: ${rows}`,
      ...examples.map((where) => `  ${where}`),
      ...(rows > examples.length ? ["  …"] : []),
    ];
  });
  const verdict = diff.equal ? "the same rows on both sides" : `${diff.same} rows are the same on both sides`;
  return `${[`A ${side(diff.a)}`, `B ${side(diff.b)}`, ...lines, verdict].join("\n")}\n`;
}
