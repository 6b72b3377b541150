import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { type DatasetFolders, type Manifest, readManifest } from "@leyenda/core";
import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import { topFailures } from "../progress/top-failures.js";
import type { Verb } from "../run-cli.js";

const folders = ["fetched", "clean", "selected", "translated", "arranged", "dataset", "reports"] as const;

interface FolderStatus {
  folder: string;
  manifest: Manifest | null;
  /** Records of parts, also of an unfinished stage. */
  parts: number;
}

/** `leyenda status <dataset>`: how far each stage is, and what came of it. */
export function addStatusVerb(program: Command, { io }: Verb): void {
  const command = program.command("status").description("say how far a build is, and where its results are");
  addDatasetOptions(command).action(async (dataset: string, options: DatasetOptions) => {
    const opened = await openDataset(dataset, options, io);
    const states = await Promise.all(folders.map((folder) => statusOf(folder, opened.folders)));
    if (options.json === true) {
      io.out(
        `${JSON.stringify(
          states.map(({ folder, manifest, parts }) => ({
            folder,
            complete: manifest !== null,
            parts,
            rows: manifest?.rows ?? null,
            outcomes: manifest?.outcomes ?? null,
            summary: manifest?.summary ?? null,
          })),
        )}\n`,
      );
    } else io.out(render(opened.config.name, states, opened.folders));
  });
}

async function statusOf(folder: (typeof folders)[number], paths: DatasetFolders): Promise<FolderStatus> {
  const path = paths[folder];
  const names = [...(await list(path)), ...(await list(join(path, ".records")))];
  const records = names.filter((name) =>
    /^(part|train|validation|selection|arrangement|report)\b[^.]*\.json$/.test(name),
  );
  return { folder, manifest: await readManifest(path), parts: records.length };
}

async function list(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}

function render(name: string, states: readonly FolderStatus[], paths: DatasetFolders): string {
  const lines = states.map(({ folder, manifest, parts }) => {
    if (manifest === null)
      return `  ${folder.padEnd(11)} ${parts === 0 ? "not begun" : `${parts} part(s) done, not complete`}`;
    const { ok = 0 } = manifest.outcomes;
    const failures = topFailures(manifest.outcomes, 3);
    return `  ${folder.padEnd(11)} ${manifest.rows} rows, ${ok} ok${failures === "" ? "" : `; ${failures}`}`;
  });
  const rootHash = states.find(({ folder }) => folder === "dataset")?.manifest?.summary.rootHash;
  const results =
    typeof rootHash === "string"
      ? [
          `  dataset:   ${paths.dataset}`,
          `  root hash: ${rootHash}`,
          `  report:    ${join(paths.reports, "index.html")}`,
          ...captioner(states),
        ]
      : [];
  return `${name}\n${[...lines, ...results].join("\n")}\n`;
}

/** What the caption model was worth, where there is one. */
function captioner(states: readonly FolderStatus[]): string[] {
  const scores = states.find(({ folder }) => folder === "reports")?.manifest?.summary.captioner;
  if (scores === undefined) return [];
  const { bleu, bleuShuffled } = scores as Record<"bleu" | "bleuShuffled", number[]>;
  const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(" ");
  return [
    `  captioner: BLEU-1 to 4 ${shown(bleu)}`,
    `             with pictures shuffled ${shown(bleuShuffled)}`,
  ];
}
