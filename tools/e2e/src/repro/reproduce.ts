import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startSampleWeb } from "@leyenda/sample-web";

import { killGroup, runLeyenda, startLeyenda } from "../run-leyenda.js";

/** Where the sample's list looks for its web. */
const samplePort = 47_811;

export interface Reproduction {
  hashes: [string, string];
  /** Seconds after which the second build was killed. */
  moment: number;
}

/**
 * Builds a dataset with one worker, and again with four, killed at a random moment and resumed.
 *
 * @param dataset name of a folder in `datasets/`, or path of a dataset.json
 * @param folder for both builds' data
 */
export async function reproduce(
  dataset: string,
  folder: string,
  tell: (text: string) => void = () => undefined,
): Promise<Reproduction> {
  const isSample = dataset === "sample";
  const web = isSample ? await startSampleWeb({ port: samplePort }) : null;
  const at = (name: string): string => join(folder, name);
  try {
    if (isSample) {
      tell("bringing the web's recovering addresses to their later state");
      await leyenda(["fetch", dataset, "--data-dir", at("warm-up")]);
    }
    tell("building with 1 worker");
    const started = performance.now();
    await leyenda(["build", dataset, "--data-dir", at("one"), "--workers", "1"]);
    const seconds = (performance.now() - started) / 1000;

    tell("building with 4 workers, and killing that build");
    const [name = ""] = await readdir(at("one"));
    const second = isSample
      ? ["build", dataset, "--data-dir", at("four"), "--workers", "4"]
      : [
          "rebuild",
          dataset,
          "--from-fetched",
          join(at("one"), name),
          "--data-dir",
          at("four"),
          "--workers",
          "4",
        ];
    const { child, ended } = startLeyenda(second);
    const moment = seconds * (0.1 + 0.8 * Math.random());
    await Promise.race([sleep(moment * 1000), ended]);
    if (child.exitCode === null) killGroup(child);
    await ended;
    tell("resuming it");
    await leyenda(second);
    return { hashes: [await hashOf(dataset, at("one")), await hashOf(dataset, at("four"))], moment };
  } finally {
    await web?.close();
  }
}

async function leyenda(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runLeyenda(args);
  if (code !== 0) throw new Error(`leyenda ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Root hash as `leyenda status` tells it. */
async function hashOf(dataset: string, dataDir: string): Promise<string> {
  const states = JSON.parse(await leyenda(["status", dataset, "--data-dir", dataDir, "--json"])) as {
    folder: string;
    summary: { rootHash?: string } | null;
  }[];
  const hash = states.find(({ folder }) => folder === "dataset")?.summary?.rootHash;
  if (hash === undefined) throw new Error(`${dataDir} holds no finished dataset`);
  return hash;
}
