import { join } from "node:path";

import { type DatasetFolders, type Manifest, readManifest, type StageName, storeOf } from "@leyenda/core";
import type { Command } from "commander";

import { addDatasetOptions, type DatasetOptions, openDataset } from "../options/dataset-options.js";
import { addRedisOption, type QueueOptions, sharedDataDir } from "../options/queue-options.js";
import { topFailures } from "../progress/top-failures.js";
import { readQueueStatus } from "../queue/read-queue-status.js";
import { renderQueueStatus } from "../queue/render-queue-status.js";
import type { Verb } from "../run-cli.js";

/** The stages' folders, in order. */
const folders = ["fetched", "clean", "selected", "translated", "arranged", "dataset", "reports"] as const;

const stageOf: Record<(typeof folders)[number], StageName> = {
  fetched: "fetch",
  clean: "clean",
  selected: "select",
  translated: "translate",
  arranged: "arrange",
  dataset: "shards",
  reports: "eval",
};

interface FolderStatus {
  folder: (typeof folders)[number];
  manifest: Manifest | null;
  /** Records of parts, also of an unfinished stage. */
  parts: number;
}

/** `leyenda status <dataset>`: how far each stage is, and what came of it; with a queue, what its workers are at. */
export function addStatusVerb(program: Command, { io }: Verb): void {
  const command = program.command("status").description("say how far a build is, and where its results are");
  addRedisOption(addDatasetOptions(command)).action(
    async (dataset: string, options: DatasetOptions & QueueOptions) => {
      const opened = await openDataset(dataset, options, io);
      const states = await Promise.all(folders.map((folder) => statusOf(folder, opened.folders)));
      // Without an address nobody is asked: a build on one machine has no queue.
      const url = options.redis ?? io.env.LEYENDA_REDIS;
      const build = { config: opened.config, dataDir: sharedDataDir(options.dataDir, io) };
      const done = Object.fromEntries(states.map(({ folder, parts }) => [stageOf[folder], parts]));
      const queue = url === undefined ? undefined : await readQueueStatus(url, build, done);
      if (options.json === true) {
        const stages = states.map(({ folder, manifest, parts }) => ({
          folder,
          complete: manifest !== null,
          parts,
          rows: manifest?.rows ?? null,
          outcomes: manifest?.outcomes ?? null,
          summary: manifest?.summary ?? null,
        }));
        io.out(`${JSON.stringify(queue === undefined ? stages : { stages, queue })}\n`);
        return;
      }
      io.out(render(opened.config.name, states, opened.folders));
      if (queue !== undefined) io.out(renderQueueStatus(queue));
    },
  );
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
  return storeOf(path).list(path);
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
