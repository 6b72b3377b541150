import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { datasetFolders, type Json, loadDatasetConfig, readManifest, type StageEvent } from "@leyenda/core";

import { killGroup, runLeyenda, startLeyenda } from "../run-leyenda.js";
import { makeCaptions } from "./make-captions.js";
import { writeSelected } from "./write-selected.js";

/** A whole model with tokenizer, of width 8: what is tried here is all that stands around a model. */
const checkpoint = fileURLToPath(
  new URL("../../../oracle/fixtures/marian-formats/safetensors", import.meta.url),
);

export interface TranslateRun {
  seconds: number;
  /** Of the translated parts: equal bytes, equal hash. */
  hash: string;
  /** Counts of the manifest: captions, flags, cache. */
  summary: Record<string, Json>;
  /** Largest resident memory of a worker, MiB, in each quarter of the run's events. */
  rss: number[];
}

export interface TranslateSoak {
  rows: number;
  parts: number;
  uninterrupted: TranslateRun;
  /** With an empty cache, killed with all workers so many times, and run again. */
  killed: TranslateRun & { kills: number; partsLeftByKills: number[] };
  /** With the cache that those left, and another number of workers. */
  cached: TranslateRun;
}

/**
 * Sends captions through `leyenda translate`: whole, killed (SIGKILL to all of its processes) and resumed, and with a full cache.
 *
 * @param kills moments, as shares of the uninterrupted run's time
 */
export async function runTranslateSoak(
  rows: number,
  { rowsPerPart = 5000, kills = [0.3, 0.5, 0.8] }: { rowsPerPart?: number; kills?: readonly number[] } = {},
): Promise<TranslateSoak> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-translate-soak-"));
  try {
    const path = join(folder, "dataset.json");
    const raw = {
      name: "soak",
      source: { path: "list.tsv", rowsPerPart },
      select: { train: rows, validation: 0 },
      translate: { model: "model", beams: 2, maxLength: 16, policy: { loop: "retry" }, retry: { beams: 3 } },
    };
    await writeFile(path, JSON.stringify(raw));
    const converted = await runLeyenda(["model", "convert", checkpoint, join(folder, "model")]);
    if (converted.code !== 0) throw new Error(converted.stderr);
    const config = await loadDatasetConfig(path);
    const folders = datasetFolders(config.name, folder);
    await writeSelected(config, folders, makeCaptions(rows));
    const args = ["translate", path, "--data-dir", folder];
    const cache = ["--translate.cache", join(folder, "cache")];

    const uninterrupted = await run([...args, "--workers", "2"]);
    const partsLeftByKills: number[] = [];
    for (const moment of kills) {
      const { child, ended } = startLeyenda([...args, ...cache, "--workers", "2"]);
      await Promise.race([sleep(moment * uninterrupted.seconds * 1000), ended]);
      if (child.exitCode === null) killGroup(child);
      await ended;
      await mkdir(folders.translated, { recursive: true });
      const names = await readdir(folders.translated);
      partsLeftByKills.push(names.filter((name) => /^part-\d+\.json$/.test(name)).length);
    }
    const killed = await run([...args, ...cache, "--workers", "2"]);
    const cached = await run([...args, ...cache, "--workers", "1"]);
    return {
      rows,
      parts: Math.ceil(rows / rowsPerPart),
      uninterrupted,
      killed: { ...killed, kills: kills.length, partsLeftByKills },
      cached,
    };

    /** Runs to the end, and takes away what was made. */
    async function run(command: readonly string[]): Promise<TranslateRun> {
      const log = join(folder, "events.ndjson");
      const started = performance.now();
      const { code, stderr } = await runLeyenda([...command, "--log", log]);
      if (code !== 0) throw new Error(stderr);
      const seconds = (performance.now() - started) / 1000;
      const manifest = await readManifest(folders.translated);
      if (manifest === null) throw new Error("the stage ended without a manifest");
      const rss = memoryByQuarter(await readFile(log, "utf8"));
      await rm(folders.translated, { recursive: true });
      await rm(log);
      return { seconds: Math.round(seconds * 10) / 10, hash: manifest.hash, summary: manifest.summary, rss };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function memoryByQuarter(log: string): number[] {
  const sizes = log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as StageEvent)
    .flatMap((event) => (event.type === "progress" ? [event.worker.rss] : []));
  const quarter = Math.max(Math.ceil(sizes.length / 4), 1);
  return [0, 1, 2, 3].map((index) =>
    Math.round(Math.max(...sizes.slice(index * quarter, (index + 1) * quarter), 0) / 2 ** 20),
  );
}
