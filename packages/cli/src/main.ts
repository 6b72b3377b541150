import { once } from "node:events";
import { setFlagsFromString } from "node:v8";

import { runCli } from "./run-cli.js";

// As in the workers of fetch, which with `--workers 1` is this process.
setFlagsFromString("--heap-growing-percent=50");

/** As a shell says of a command that SIGPIPE ended. */
const brokenPipe = 141;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever read the output has left, such as "head": nobody is to be told.
  if (error.code === "EPIPE") process.exit(brokenPipe);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  },
  // Opened by the verb that reads it, and no other.
  get in() {
    return process.stdin.isTTY ? undefined : process.stdin;
  },
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  get columns() {
    return process.stderr.columns;
  },
  cwd: process.cwd(),
  env: process.env,
  now: () => performance.now(),
  onSignal: (listener) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
});
