import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command, as users run it. */
const command = fileURLToPath(new URL("../../../packages/cli/bin/leyenda.js", import.meta.url));

export interface LeyendaRun {
  /** Exit code, or the signal's name. */
  code: number | string;
  stdout: string;
  stderr: string;
}

export interface RunningLeyenda {
  child: ChildProcess;
  ended: Promise<LeyendaRun>;
}

/**
 * Starts `leyenda` in a process group of its own, so that a signal can reach it with its workers.
 *
 * @param env variables beside this process's own
 * @param inside a command that runs it, such as `ip netns exec <name>`
 */
export function startLeyenda(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  inside: readonly string[] = [],
): RunningLeyenda {
  const [program = process.execPath, ...rest] = [...inside, process.execPath, command, ...args];
  const child = spawn(program, rest, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<LeyendaRun>((resolve) => {
    child.once("close", (code, signal) => {
      resolve({ code: code ?? signal ?? "unknown", stdout, stderr });
    });
  });
  return { child, ended };
}

/** Runs `leyenda` to its end. */
export function runLeyenda(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<LeyendaRun> {
  return startLeyenda(args, env).ended;
}

/** Kills the command and all of its workers at once, as a power cut would. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) throw new Error("the command did not start");
  process.kill(-child.pid, "SIGKILL");
}

/** What a run said, where it failed. */
export function failureOf({ code, stderr }: LeyendaRun): string | null {
  return code === 0 ? null : stderr;
}
