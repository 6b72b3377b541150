import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";

import { watchMemory } from "./watch-memory.js";

export interface Usage {
  wallSeconds: number;
  /** User and system time of the command and of every process that it and its children waited for. */
  cpuSeconds: number;
  /** Largest sum of resident memory over the process tree, bytes; pages that processes share count for each. */
  peakRss: number;
  exitCode: number;
}

/** Runs a command and measures its process tree. Its output goes to a file. */
export async function measureCommand(
  command: readonly string[],
  { log, env = {} }: { log: string; env?: Record<string, string> },
): Promise<Usage> {
  // bash's own `time` reads getrusage(RUSAGE_CHILDREN), which Node.js does not offer.
  const times = `${log}.times`;
  const script = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" >>"$LOG" 2>&1; } 2>"$TIMES"';
  const child = spawn("bash", ["-c", script, "bash", ...command], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env, LOG: log, TIMES: times },
  });
  const memory = watchMemory(child.pid ?? 0);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      resolve(code ?? -1);
    });
  });
  const peakRss = await memory.stop();
  const [wall = 0, user = 0, system = 0] = (await readFile(times, "utf8")).trim().split(" ").map(Number);
  return { wallSeconds: wall, cpuSeconds: user + system, peakRss, exitCode };
}
