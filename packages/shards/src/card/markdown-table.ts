/** A table of Markdown. */
export function markdownTable(
  head: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A share in percent, with a decimal. */
export function share(part: number, whole: number): string {
  return `${((part / Math.max(whole, 1)) * 100).toFixed(1)} %`;
}
