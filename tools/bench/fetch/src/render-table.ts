import type { Summary } from "./summarise.js";

const raw = new Set(["aria2c", "curl"]);

/** A Markdown table of one scenario, and the ratios that are claimed from it. */
export function renderTable(title: string, summaries: readonly Summary[]): string {
  const head = [
    "",
    "pictures",
    "wrong bodies",
    "pictures/s",
    "CPU-ms a picture",
    "… without start",
    "peak RSS, MB",
  ];
  const rows = summaries.map((summary) => [
    summary.name,
    `${summary.pictures}`,
    `${summary.wrong}`,
    summary.picturesPerSecond.toFixed(0),
    summary.cpuMs.toFixed(2),
    summary.cpuMsWithoutStart.toFixed(2),
    (summary.peakRss / 1e6).toFixed(0),
  ]);
  const lines = [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return `### ${title}\n\n${table}\n\n${ratios(summaries).join("\n")}\n`;
}

function ratios(summaries: readonly Summary[]): string[] {
  const ours = summaries.find(({ name }) => name.startsWith("leyenda"));
  if (ours === undefined) return [];
  const peers = summaries.filter(({ name }) => name.startsWith("img2dataset"));
  return [
    ...peers.map(
      (peer) =>
        `- ${peer.name} needs ${(peer.cpuMs / ours.cpuMs).toFixed(1)} × the CPU time a picture ` +
        `(${(peer.cpuMsWithoutStart / ours.cpuMsWithoutStart).toFixed(1)} × without start), ` +
        `and makes ${(peer.picturesPerSecond / ours.picturesPerSecond).toFixed(2)} × the pictures/s`,
    ),
    ...summaries
      .filter(({ name }) => raw.has(name))
      .map(
        (limit) =>
          `- ${ours.name} makes ${(ours.picturesPerSecond / limit.picturesPerSecond).toFixed(2)} × the pictures/s of ${limit.name}`,
      ),
  ];
}
