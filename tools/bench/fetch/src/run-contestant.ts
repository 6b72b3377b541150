import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Contestant, Job } from "./contestants/contestant.js";
import { measureCommand } from "./measure/measure-command.js";

export interface Run {
  wallSeconds: number;
  cpuSeconds: number;
  peakRss: number;
  /** Pictures stored. */
  pictures: number;
  /** Bodies stored that are no pictures. */
  wrong: number;
}

/** Downloads a list with a contestant, once, in a fresh folder that is removed afterwards. */
export async function runContestant(contestant: Contestant, job: Job): Promise<Run> {
  await rm(job.folder, { recursive: true, force: true });
  await mkdir(job.folder, { recursive: true });
  await contestant.prepare(job);
  const run: Run = { wallSeconds: 0, cpuSeconds: 0, peakRss: 0, pictures: 0, wrong: 0 };
  const log = join(job.folder, "log.txt");
  for (const command of contestant.commands(job)) {
    const usage = await measureCommand(command, { log, env: contestant.env ?? {} });
    run.wallSeconds += usage.wallSeconds;
    run.cpuSeconds += usage.cpuSeconds;
    run.peakRss = Math.max(run.peakRss, usage.peakRss);
  }
  const stored = await contestant.stored(job).catch(async (error: unknown) => {
    const said = (await readFile(log, "utf8")).slice(-2_000);
    throw new Error(`${contestant.name} left nothing to count; it said:\n${said}`, { cause: error });
  });
  const alive = job.list.filter(({ answer }) => answer === "photo" || answer === "slow").length;
  run.pictures = Math.min(stored, alive);
  run.wrong = stored - run.pictures;
  await rm(job.folder, { recursive: true });
  return run;
}
