import { duration } from "../progress/render-progress.js";
import type { RunPlan } from "./plan-run.js";

/** The plan as a page for people. */
export function renderPlan(name: string, plan: RunPlan): string {
  const { disk, seconds } = plan;
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const origins = {
    maxRows: "source.maxRows",
    "list size": "estimated from the list's size",
    "wanted rows": "the list is not there yet: what the splits need at the least",
  };
  const lines = [
    `${name}: what a build takes on this machine with ${plan.workers} worker(s)`,
    "",
    `  rows        ${plan.rows.toLocaleString("en")} (${origins[plan.rowsFrom]}), in ${plan.parts.toLocaleString("en")} parts`,
    `  pictures    about ${plan.pictures.toLocaleString("en")} alive; ${plan.wanted.toLocaleString("en")} wanted, in ${plan.shards} shards`,
    ...(plan.pictures < plan.wanted
      ? ["              NOT ENOUGH: use more rows of the list, or want fewer"]
      : []),
    `  traffic     ${bytes(plan.traffic)} down`,
    `  disk        ${bytes(disk.fetched)} fetched/ + ${bytes(disk.clean)} clean/ + ${bytes(disk.rows)} rows + ${bytes(disk.dataset)} dataset/ = ${bytes(disk.fetched + disk.clean + disk.rows + disk.dataset)}`,
    "",
    `  fetch       ${duration(seconds.fetch)}`,
    `  clean       ${duration(seconds.clean)}`,
    `  translate   ${duration(seconds.translate)}`,
    `  shards      ${duration(seconds.shards)}`,
    `  in all      ${duration(total)}`,
    "",
    "from these rates (set your own with --rates file.json):",
    ...plan.assumptions.map(
      ({ name: rate, value, source }) => `  ${rate.padEnd(22)} ${String(value).padStart(10)}  ${source}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? "B"}`;
}
