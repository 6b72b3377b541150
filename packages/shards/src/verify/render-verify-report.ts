import type { VerifyReport } from "./verify-report.js";

/** A report for a terminal: what was looked at, every listed problem, and a verdict. */
export function renderVerifyReport(report: VerifyReport): string {
  const { folder, format, checksums, shards, rows, splits, counts, problems, ok } = report;
  const perSplit = Object.entries(splits).map(([split, count]) => `${split} ${count}`);
  const head = [
    `${folder}: ${format ?? "no dataset"}, ${rows} rows (${perSplit.join(", ")}) in ${shards} file(s)`,
    checksums === null
      ? "no manifest.json or SHA256SUMS: changed bytes and exchanged files are found only where they break something"
      : `sizes and checksums: ${checksums}`,
  ];
  const lines = problems.map(
    ({ check, level, where, message }) =>
      `${level === "error" ? "" : "warning: "}${check}: ${where}: ${message}`,
  );
  const unlisted = Object.entries(counts).flatMap(([check, count]) => {
    const shown = problems.filter((problem) => problem.check === check).length;
    return count > shown ? [`${check}: … and ${count - shown} more`] : [];
  });
  const warnings = report.warningCount === 0 ? "" : `, ${report.warningCount} warning(s)`;
  const verdict = ok ? `everything is right${warnings}` : `${report.problemCount} problem(s)${warnings}`;
  return `${[...head, ...lines, ...unlisted, verdict].join("\n")}\n`;
}
