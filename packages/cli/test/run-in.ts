import type { Io } from "../src/io.js";
import { runCli } from "../src/run-cli.js";

/** Runs the command in a folder, with nothing on standard input and no terminal. */
export async function runIn(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    columns: 80,
    cwd,
    env,
    now: () => 0,
    onSignal: () => () => undefined,
  };
  const code = await runCli(args, io);
  return { code, out, err };
}
