import { fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { addOutcomes, type OutcomeCounts } from "@leyenda/core";
import { fetchParts } from "@leyenda/fetch";

import { answerTo, outcomeOf } from "./answer-to.js";

export interface Soak {
  rows: number;
  seconds: number;
  rowsPerSecond: number;
  /** Rows by outcome, as the manifest says, and as the web was told to answer. */
  outcomes: OutcomeCounts;
  expected: OutcomeCounts;
  /** Rows by outcome, summed over the progress events. */
  told: OutcomeCounts;
  /** Mean resident memory of this process over the first and the last half of the rows, MB. */
  rssFirstHalf: number;
  rssLastHalf: number;
  rssPeak: number;
  /** What keeps this process alive at the end besides what did at the start. */
  openHandles: string[];
}

/** Names that a list's rows are spread over, so that no host is asked faster than it may be. */
const hosts = 200;

/**
 * Downloads `rows` tiny rows, from number `first` on, from a web in another process, a tenth of them faults of six kinds, and says whether the
 * counts add up, memory stays flat and nothing is left open.
 */
export async function runSoak(rows: number, first = 0): Promise<Soak> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-soak-"));
  const web = fork(fileURLToPath(new URL("./web.js", import.meta.url)));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      web.once("message", (message) => {
        resolve(message as number);
      });
      web.once("exit", () => {
        reject(new Error("the soak's web ended"));
      });
    });
    const list = join(folder, "list.tsv");
    const expected = await writeList(list, first, rows, port);
    const before = process.getActiveResourcesInfo();
    return {
      ...(await download(list, join(folder, "out"), rows)),
      expected,
      openHandles: await left(before),
    };
  } finally {
    web.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeList(path: string, first: number, rows: number, port: number): Promise<OutcomeCounts> {
  const counts: OutcomeCounts = {};
  await pipeline(function* () {
    for (let row = first; row < first + rows; row += 1) {
      addOutcomes(counts, { [outcomeOf[answerTo(row)]]: 1 });
      yield `http://h${row % hosts}.soak.test:${port}/${row}\ta picture, number ${row}\n`;
    }
  }, createWriteStream(path));
  return counts;
}

async function download(
  list: string,
  out: string,
  rows: number,
): Promise<Omit<Soak, "expected" | "openHandles">> {
  const started = performance.now();
  const told: OutcomeCounts = {};
  const samples: { rows: number; rss: number }[] = [];
  let done = 0;
  const events = fetchParts({
    source: { path: list, rowsPerPart: Math.min(10_000, rows / 4) },
    out,
    fetch: {
      retries: 0,
      allowPrivate: ["*.soak.test"],
      resolve: { "*.soak.test": "127.0.0.1" },
    },
  });
  for (;;) {
    const next = await events.next();
    if (next.done === true) {
      const seconds = (performance.now() - started) / 1000;
      const mean = (of: typeof samples): number =>
        of.reduce((sum, { rss }) => sum + rss, 0) / of.length / 1e6;
      return {
        rows: next.value.rows,
        seconds,
        rowsPerSecond: next.value.rows / seconds,
        outcomes: next.value.outcomes,
        told,
        rssFirstHalf: mean(samples.filter((sample) => sample.rows <= rows / 2)),
        rssLastHalf: mean(samples.filter((sample) => sample.rows > rows / 2)),
        rssPeak: Math.max(...samples.map(({ rss }) => rss)) / 1e6,
      };
    }
    if (next.value.type !== "progress") continue;
    done += next.value.rows;
    addOutcomes(told, next.value.outcomes);
    samples.push({ rows: done, rss: next.value.worker.rss });
  }
}

/** Handles take a few turns of the event loop to go. */
async function left(before: readonly string[]): Promise<string[]> {
  for (let turn = 0; ; turn += 1) {
    const rest = [...before];
    const more = process.getActiveResourcesInfo().filter((name) => {
      const at = rest.indexOf(name);
      if (at !== -1) rest.splice(at, 1);
      return at === -1;
    });
    if (more.length === 0 || turn === 20) return more;
    await wait(100);
  }
}
