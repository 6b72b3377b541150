import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Contestant, Job } from "./contestant.js";

const cli = fileURLToPath(new URL("../../../../../packages/cli/bin/leyenda.js", import.meta.url));

/** The commands as a user runs them: worker processes, rows, hashes, fsync and records included. */
export function leyenda({ clean }: { clean: boolean }): Contestant {
  return {
    name: clean ? "leyenda-256" : "leyenda",
    prepare: async (job) => {
      const lines = job.list.map(({ url }, index) => `${url}\tphoto ${index}\n`);
      await writeFile(join(job.folder, "urls.tsv"), lines.join(""));
      await writeFile(join(job.folder, "dataset.json"), JSON.stringify(dataset(job)));
    },
    commands: (job) => ["fetch", ...(clean ? ["clean"] : [])].map((verb) => command(verb, job)),
    stored: async ({ folder }) => {
      const stage = clean ? "clean" : "fetched";
      const manifest = await readFile(join(folder, "data/bench", stage, "manifest.json"), "utf8");
      const { outcomes } = JSON.parse(manifest) as { outcomes: Partial<Record<string, number>> };
      return outcomes.ok ?? 0;
    },
  };
}

function command(verb: string, { folder, processes }: Job): string[] {
  const data = join(folder, "data");
  return [
    process.execPath,
    cli,
    verb,
    join(folder, "dataset.json"),
    "--data-dir",
    data,
    "--workers",
    `${processes}`,
  ];
}

/** No retries, because peers make none; every host is on the loopback; equal pictures are meant, not found. */
function dataset({ list, processes, connections }: Job): object {
  return {
    name: "bench",
    source: { path: "urls.tsv", rowsPerPart: rowsPerPart(list.length, processes) },
    fetch: {
      concurrency: Math.ceil(connections / processes),
      retries: 0,
      allowPrivate: ["127.*"],
      // A few hosts stand in for a whole web.
      requestsPerSecondPerHost: 1_000_000,
    },
    clean: { resize: "border", size: 256, quality: 95, onlyIfBigger: false },
    select: { train: 1, validation: 1, placeholderCaptions: 0, nearDuplicateBits: 0 },
    translate: { model: "none" },
  };
}

/** Two parts for each process, the least that keeps all busy; the parts of a real list are 10,000 rows. */
function rowsPerPart(rows: number, processes: number): number {
  return Math.ceil(rows / (2 * processes));
}
